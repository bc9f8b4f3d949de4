"""Checksums of one password as releases of Werkzeug, with which the existing tool was made, wrote them."""

from __future__ import annotations

PASSWORD = "cold strait"  # noqa: S105

SCRYPT = (
    "scrypt:32768:8:1$iqs3BWDcPzlIunjw$5507b3e2c4d128b4940718c1ac7ee4548871aad3e74bd2"
    "bfe9d1e4ee090e3b33995c6da9b33512679a21a51682a2453caa2f2667617a87a427ec83b170b503a2"
)
PBKDF2 = "pbkdf2:sha256:150000$TZmPKuMz$a20622f4b6fc351d95ec84098c6af4b6ea3fced69d13de36fba6b0cdd0ed547f"
PBKDF2_SHA1 = "pbkdf2:sha1:1000$WB8dOBLR$5e47aced1c9a0d4e5b843eaafeba6279481be6d4"
#: Of its first years: an HMAC whose key is the salt.
HMAC = "sha256$Yh3kQ0aX$c0fa10d92f7c51e461255a32a461fb1619aced9b3bb932b385c90e3fbb93aaad"
