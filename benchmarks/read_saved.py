"""`docker save` into `read_image`, with canaries to search for: the program that `bench_image.py` times.

Arguments: the docker program, the image, the number of canaries, and the layers of its base.
"""

import subprocess
import sys

from checks.evidence.image.canaries import plant
from checks.evidence.image.image import read_image

docker, name, planted, *base = sys.argv[1:]
canaries = plant(map(str, range(int(planted))))
with subprocess.Popen([docker, "save", name], stdout=subprocess.PIPE, pipesize=2**20) as save:
    assert save.stdout
    read_image(save.stdout, base_layers=base, canaries=canaries)
sys.exit(save.returncode)
