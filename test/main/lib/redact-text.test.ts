import { expect, it } from 'vitest'
import { redactText } from '#lib/redact-text.ts'

it.each([
  ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer [redacted]'],
  ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln back', 'got [redacted] back'],
  ['https://admin:hunter2@proxy:3128/', 'https://[redacted]@proxy:3128/'],
  ['login failed: client_secret=s3cr3tvalue&x=1', 'login failed: client_secret=[redacted]&x=1'],
  ['{"access_token": "abcdefgh", "n": 1}', '{"access_token": "[redacted]", "n": 1}'],
  ['{"password": "ab\\"cd, ef", "n": 1}', '{"password": "[redacted]", "n": 1}'],
  ['{\\"password\\": \\"ab cd\\", \\"n\\": 1}', '{\\"password\\": \\"[redacted]\\", \\"n\\": 1}'],
  ["no entry for token='ab cd;ef' there", "no entry for token='[redacted]' there"],
  ['cut off: token="ab cd', 'cut off: token="[redacted]'],
  ['password: [secret 0123456789abcdef]', 'password: [secret 0123456789abcdef]'],
  ['token=[redacted] Bearer [redacted]', 'token=[redacted] Bearer [redacted]'],
])('%s becomes %s', (text, expected) => {
  expect(redactText(text)).toBe(expected)
})

it.each(['the token expired', 'rollouts.argoproj.io "web" not found', 'secret: no', 'at http://host:80/x@y'])(
  '%s stays',
  (text) => {
    expect(redactText(text)).toBe(text)
  },
)
