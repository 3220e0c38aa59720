"""The example of the README."""

import homodal
from homodal.demo import data_folder

data = data_folder()
run = homodal.train(data / "train.csv", target="label", out="runs/example")
model = homodal.load("runs/example")
answers = model.predict(data / "test.csv")
for row in answers.slice(0, 4).to_pylist():
    print(row)
evaluation = homodal.evaluate(model, data / "test.csv")
for name, scores in evaluation.columns_alone.items():
    print(f"{name} alone: {scores['accuracy']['value']:.2f}")
print("all:", evaluation.scores["accuracy"])
