"""Real servers that tests start on free ports of this machine, with folders of their own, and stop again."""
