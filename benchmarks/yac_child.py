"""
Conservative weights of YAC, in a process of its own that holds MPI.

Run by the interpreter that has YAC, see `couplers.Yac`. Each line that comes in names a file with meshes and a file for
the weights; each line that goes out says in JSON what processor time building the grids and computing the weights took.
"""

import json
import os
import sys
import time
from importlib.metadata import version

import numpy as np
import yac.core as core

CELL = core.yac_location.YAC_LOC_CELL
DESTAREA = core.yac_interp_method_conserv_normalisation.YAC_INTERP_CONSERV_DESTAREA


def field(grid):
    """A field on the cells of a grid."""
    return core.InterpField(core.Coordinates(grid, CELL, 0))


def computed(mesh, out):
    """Compute the weights of first order from a mesh to a regular grid and write them; return processor times [s]."""
    start = time.process_time()
    longitude, latitude = mesh["longitude"], mesh["latitude"]
    count = longitude.size // 4
    corners = np.arange(longitude.size, dtype=np.int32)
    source = core.BasicGrid.unstruct_new("mesh", np.full(count, 4, np.int32), longitude, latitude, corners)
    target = core.BasicGrid.reg_2d_new("atmosphere", mesh["meridians"], mesh["parallels"], [True, False])
    size = mesh["meridians"].size * (mesh["parallels"].size - 1)
    source.set_global_index(CELL, np.arange(count))
    target.set_global_index(CELL, np.arange(size))
    stack = core.InterpolationStack()
    stack.add_conservative(1, False, True, DESTAREA)
    fields = field(source), field(target)
    built = time.process_time()
    weights = core.compute_weights(stack, *fields)
    done = time.process_time()
    if out:
        weights.write_to_file(out, "mesh", "atmosphere", count, size)
    return {"grids": built - start, "weights": done - built}


def main():
    """Answer until no line comes."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what libraries print goes elsewhere
        print(json.dumps({"version": version("yac")}), file=answers, flush=True)
        for line in sys.stdin:
            path, out = json.loads(line)
            with np.load(path) as mesh:
                arrays = {name: mesh[name] for name in mesh.files}
            print(json.dumps(computed(arrays, out)), file=answers, flush=True)


if __name__ == "__main__":
    main()
