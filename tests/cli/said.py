"""What a test says: a line for each case, as tests/run reads them, and below it what is wrong."""
import sys

failed = False
LINES, LENGTH = 40, 2000  # of what is wrong


def say(sentence, wrong):
    """wrong: a list of what is; empty: the case passed."""
    global failed
    print(f"{'not ok' if wrong else 'ok'} - {sentence}", flush=True)
    for line in list(wrong)[:LINES]: print("    " + str(line)[:LENGTH], flush=True)
    failed |= bool(wrong)


def check(sentence, good, *why): say(sentence, [] if good else why or ["it is not so"])


def end_of_test(): sys.exit(failed)
