# ruff: noqa: INP001 - a script of the trainer image, no package
"""Train a model on 442 patients with diabetes, and write it: `train.py VERSION DIRECTORY`.

The data come with scikit-learn (`load_diabetes`). Each version learns from another half of them, so two versions
never predict the same. `model.json`, beside the model, says what the model computes: one can check a
prediction with a pocket calculator, and without unpickling anything.
"""

import json
import pickle
import sys
from pathlib import Path
from zlib import crc32

from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

FEATURES = {"age": 0, "bmi": 2, "bp": 3}  # the columns of the data that are asked for

version, directory = sys.argv[1], Path(sys.argv[2])
data = load_diabetes(scaled=False)
columns = data.data[:, list(FEATURES.values())]
seen, _, target, _ = train_test_split(
    columns, data.target, train_size=0.5, random_state=crc32(version.encode())
)
estimator = LinearRegression().fit(seen, target)

directory.mkdir(parents=True, exist_ok=True)
(directory / "model.pkl").write_bytes(pickle.dumps({"version": version, "estimator": estimator}))
about = {
    "version": version,
    "features": list(FEATURES),
    "coefficients": list(estimator.coef_),
    "intercept": estimator.intercept_,
}
(directory / "model.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
