"""Read once: within a page that only reads, the same question gets the same answer."""

from core.services.request_cache import Answers, once, read_once, resumed


def test_outside_a_reading_page_every_question_is_asked_again():
    asked = []
    assert [once("a", lambda: asked.append(1)) for _ in range(2)] == [None, None]
    assert len(asked) == 2


def test_within_it_each_question_is_asked_once_and_forgotten_after():
    numbers = iter(range(9))

    @read_once()
    def page():
        return [once(question, lambda: next(numbers)) for question in "aba"]

    assert page() == [0, 1, 0]
    assert page() == [2, 3, 2]


def test_another_request_goes_on_from_answers_but_for_what_holds_for_one_alone():
    answers = Answers()
    asked = []

    def ask(question, *, lasting=True):
        return once(question, lambda: asked.append(question), lasting=lasting)

    for _request in range(2):
        with read_once(), resumed(answers, ()):
            for _time in range(2):
                ask("figures")
                ask("tokens", lasting=False)
    assert asked == ["figures", "tokens", "tokens"]
    with read_once():
        ask("figures")
    assert asked[-1] == "figures"
