# SPDX-License-Identifier: MIT
"""The agent of a case: its answers, and the values that only it knows."""

import secrets

from agent import Agent, key_of


class CaseAgent(Agent):
    """A case's answers are functions that take this agent and return the steps to play."""

    def __init__(self, case, directory, decoy_port):
        super().__init__(self._next_answer, case.greeting, case.ipv6)
        self.case = case
        self.decoy_port = decoy_port
        self.directory = directory  # of the keys
        self.token = "eyJ" + secrets.token_hex(300)
        self.keys_made = []
        self.keys_sent = []
        self._answered = {False: 0, True: 0}

    def fill_in(self, text):
        """The bytes of `text` with the agent's values. Each @KEY@ becomes the path of a new key."""
        while "@KEY@" in text:
            text = text.replace("@KEY@", self._make_key(), 1)
        for name, value in self.values().items():
            text = text.replace(f"@{name}@", value)
        return text.encode("latin-1")

    def values(self):
        return {
            "TOKEN": self.token,
            "DIRECTORY": self.directory,
            "PORT": str(self.port),
            "DECOY": str(self.decoy_port),
            "KEYTEXT": self.keys_made[-1] if self.keys_made else "",
        }

    def _make_key(self):
        text = secrets.token_hex(32)
        self.keys_made.append(text)
        return self.case.key(self.directory, text)

    def _next_answer(self, request):
        key = key_of(request)
        if key is not None:
            self.keys_sent.append(key)
        answers = self.case.first if key is None else self.case.second
        answers = answers if isinstance(answers, list) else [answers]
        answer = answers[min(self._answered[key is None], len(answers) - 1)]
        self._answered[key is None] += 1
        return answer(self)
