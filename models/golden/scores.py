"""Expected values of confusion-matrix.test.ts. pip install scikit-learn==1.9.1; python scores.py"""
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score, precision_recall_fscore_support

truth = "sit sit walk walk walk bike sit stand walk bike bike sit".split()
predicted = "sit walk walk walk sit bike sit sit walk lie bike sit".split()

print("accuracy", repr(float(accuracy_score(truth, predicted))))
print("kappa", repr(float(cohen_kappa_score(truth, predicted))))
print("macroF1", repr(float(f1_score(truth, predicted, average="macro", zero_division=0))))
classes = list(dict.fromkeys(x for pair in zip(truth, predicted) for x in pair))
for name, *row in zip(classes, *precision_recall_fscore_support(truth, predicted, labels=classes, zero_division=0)):
    print(name, [float(value) for value in row])
