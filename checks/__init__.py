"""The grader: one submission goes in at the top, one report comes out at the bottom.

    submission -> workspace -> artifact (Dockerfile | Compose | Image | Container) -> rules -> findings
               -> checks (points) -> outcomes -> report (terminal | JSON | CSV | JUnit)

`parsing/` turns text into frozen dataclasses. `rules/` judges one artifact at a time. `engine/` is the
only package that talks to Docker. `evidence/` is what can be observed from outside. `check_<lab>.py` asks
all of them and gives points. `grading/` runs the checks over one submission or a class, and `reports/`
writes down what came of it. Nothing flows back.
"""
