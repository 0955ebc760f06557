import { expect, it } from 'vitest'
import { authorizationOf, oauth2Of } from '#main/metrics/oauth2.ts'
import { json, type Scripted, scriptedHttp } from '#test/support/scripted-http.ts'

const oauth2 = { tokenUrl: 'http://idp/token', clientId: 'a b:ü', clientSecret: 's&=', scopes: ['read', 'write'] }

async function asked(answers: readonly (Scripted | string)[], more: Partial<typeof oauth2> = {}) {
  const { http, calls } = scriptedHttp(...answers)
  const outcome = await authorizationOf({ ...oauth2, ...more }, (call) => http({ ...call, timeoutMs: 1000 }))
  return { outcome, calls }
}

const typed = (type: string, body: string, status = 200): Scripted => ({
  status,
  statusText: 'Bad Request',
  body,
  headers: { 'content-type': type },
})

it('PRV-212: id and secret are sent in a header, escaped, and the scopes in the form', async () => {
  const { outcome, calls } = await asked([json({ access_token: 'T' })])
  expect(outcome).toEqual({ ok: true, value: 'Bearer T' })
  expect(calls).toEqual([
    {
      method: 'POST',
      url: 'http://idp/token',
      timeoutMs: 1000,
      headers: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Authorization', `Basic ${btoa('a+b%3A%C3%BC:s%26%3D')}`],
      ],
      body: 'grant_type=client_credentials&scope=read+write',
    },
  ])
})

it('PRV-212: when that fails, once more in the form, and the second outcome counts', async () => {
  const { outcome, calls } = await asked(['no route', json({ access_token: 'T' })], { scopes: [] })
  expect(outcome).toEqual({ ok: true, value: 'Bearer T' })
  expect(calls[1]?.headers).toEqual([['Content-Type', 'application/x-www-form-urlencoded']])
  expect(Object.fromEntries(new URLSearchParams(calls[1]?.body))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'a b:ü',
    client_secret: 's&=',
  })
  const twice = await asked([{ status: 500, body: 'first' }, 'second'])
  expect(twice.outcome).toEqual({ ok: false, error: 'second' })
  expect(twice.calls.length).toBe(2)
})

it.each<[string, Scripted, string]>([
  ['a type of its own', json({ access_token: 'T', token_type: 'DPoP' }), 'DPoP T'],
  ['the usual type', json({ access_token: 'T', token_type: 'bearer' }), 'Bearer T'],
  ['a form', typed('application/x-www-form-urlencoded; charset=utf-8', 'access_token=T&token_type=mac'), 'MAC T'],
  ['a form that says text', typed('text/plain', 'access_token=T'), 'Bearer T'],
  ['JSON that says nothing', { body: '{"access_token":"T"}' }, 'Bearer T'],
])('PRV-212: %s', async (_what, answer, authorization) => {
  expect((await asked([answer])).outcome).toEqual({ ok: true, value: authorization })
})

it.each<[Scripted, string]>([
  [json({}), 'oauth2: server response missing access_token'],
  [typed('text/html', '<html>'), "oauth2: cannot parse json: invalid character '<' looking for beginning of value"],
  [typed('text/html', '<html>', 400), 'oauth2: cannot fetch token: 400 Bad Request\nResponse: <html>'],
  [
    typed('application/json', '{"access_token":"T"}', 400),
    'oauth2: cannot fetch token: 400 Bad Request\nResponse: {"access_token":"T"}',
  ],
  [json({ error: 'invalid_client' }, 401), 'oauth2: "invalid_client"'],
  [json({ error: 'invalid_client', access_token: 'T' }), 'oauth2: "invalid_client"'],
  [
    json({ error: 'invalid_client', error_description: 'Who?', error_uri: 'http://x' }, 401),
    'oauth2: "invalid_client" "Who?" "http://x"',
  ],
  [typed('text/plain', 'error=denied', 400), 'oauth2: "denied"'],
])('PRV-212: %j: %s', async (answer, error) => {
  expect((await asked([answer])).outcome).toEqual({ ok: false, error })
})

it('PRV-212: applies only with a tokenUrl', () => {
  expect(oauth2Of(undefined)).toEqual({ ok: true, value: undefined })
  expect(oauth2Of({ ...oauth2, tokenUrl: '' })).toEqual({ ok: true, value: undefined })
})
