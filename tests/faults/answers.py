# SPDX-License-Identifier: MIT
"""The answers of a correct agent, in parts that a case can damage.

In texts, @KEY@ is the path of a fresh key file, @KEYTEXT@ the key in it, @TOKEN@ the token,
@DIRECTORY@ the key directory, @PORT@ the agent's port, @DECOY@ that of a listener that must not be
contacted. Texts are sent as Latin-1.
"""

END = b"\r\n"
UNAUTHORIZED = (
    '{"error":"unauthorized_client","error_description":"Missing Basic Authorization header",'
    '"error_codes":[401]}'
)
TOKEN_BODY = (
    '{"access_token":"@TOKEN@","expires_in":"86400","expires_on":"4102444800",'
    '"not_before":"1700000000","resource":"https://vault.azure.net","token_type":"Bearer"}'
)


def length(count):
    return b"Content-Length: %d\r\n" % count


def of_length(head, body):
    return head + length(len(body)) + END + body


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def answer(status, body="", *fields, framing=of_length):
    """`framing(head, body)` puts both together; `head` ends after the line of the last field."""
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields))

    def play(agent):
        return framing(agent.fill_in(head), agent.fill_in(body))

    return play


def challenge(*fields, framing=of_length):
    """A 401 with these fields, or with the usual one."""
    fields = fields or ("Www-Authenticate: Basic realm=@KEY@",)
    return answer("401 Unauthorized", UNAUTHORIZED, *fields, framing=framing)


def token(body=TOKEN_BODY, *fields, framing=of_length):
    return answer("200 OK", body, "Content-Type: application/json", *fields, framing=framing)


def steps(*played):
    """Plays these steps instead of an answer."""
    return lambda agent: list(played)


def then(played_answer, *more):
    """An answer and the steps after it."""
    return lambda agent: [played_answer(agent), *more]
