import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { type Asked, classifyAnswer, classifyThrown, credentialRefused } from '#main/cluster/classify-failure.ts'
import { anAccess } from '#test/support/context-access.ts'
import { status } from '#test/support/scripted-server.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const asked: Asked = {
  verb: 'patch',
  resource: resources.rollouts,
  subresource: 'status',
  namespace: 'web',
  name: 'shop',
  path: '/x',
}

const classify = (code: number, body: unknown, options: { retryAfter?: string; about?: Asked } = {}) =>
  classifyAnswer(
    {
      status: code,
      retryAfter: options.retryAfter,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      now: T0,
    },
    options.about ?? asked,
  )

describe('credentialRefused', () => {
  const exec = {
    apiVersion: 'v1',
    command: 'aws',
    args: [],
    env: {},
    installHint: undefined,
    provideClusterInfo: false,
    interactiveMode: undefined,
  }
  it.each([
    [{ token: 'x' }, 'Put a new token for this user into the kubeconfig.'],
    [{ token: 'x', tokenFile: '/run/token' }, 'Put a new token into /run/token.'],
    [{ username: 'sre', password: 'x' }, 'Correct its username and password in the kubeconfig.'],
    [{ exec }, 'Sign in again with the tool behind aws.'],
    [{ authProvider: { name: 'oidc', config: {} } }, 'Sign in again with the tool that wrote it (oidc).'],
    [{ certificate: { data: 'x' } }, 'Put a new client certificate for this user into the kubeconfig.'],
    [{}, 'The kubeconfig holds no credential for this user. Add one.'],
  ])('UI-ERR-3: names user and remedy of %j', (user, remedy) => {
    const text = credentialRefused(anAccess('https://prod', { user: { name: 'sre', ...user } }))
    expect(text).toBe(`https://prod refuses the credential of user "sre" (401). ${remedy}`)
  })

  it('UI-ERR-3: says that there is none', () => {
    expect(credentialRefused(anAccess('https://prod'))).toContain('names no user for this context')
  })
})

describe('classifyAnswer', () => {
  it.each([
    [401, 'Unauthorized', { kind: 'Unauthorized' }],
    [
      403,
      'Forbidden',
      { kind: 'Forbidden', verb: 'patch', resource: 'rollouts.argoproj.io/status', namespace: 'web', message: 'told' },
    ],
    [404, 'NotFound', { kind: 'NotFound', resource: 'rollouts.argoproj.io/status', name: 'shop' }],
    [409, 'AlreadyExists', { kind: 'AlreadyExists', message: 'told' }],
    [409, 'Conflict', { kind: 'Conflict', message: 'told' }],
    [410, 'Expired', { kind: 'Gone' }],
    [413, 'RequestEntityTooLarge', { kind: 'Invalid' }],
    [429, 'TooManyRequests', { kind: 'Throttled', retryAfterMs: 1000 }],
    [503, 'ServiceUnavailable', { kind: 'ServerError', status: 503 }],
    [500, 'InternalError', { kind: 'ServerError', status: 500, message: 'told' }],
    [418, 'Teapot', { kind: 'ServerError', status: 418 }],
  ])('%i %s', (code, reason, expected) => {
    expect(classify(code, status(code, reason, 'told'))).toMatchObject(expected)
  })

  it('UI-ERR-2: a 403 tells the account, where the server names it', () => {
    const told = 'rollouts.argoproj.io "shop" is forbidden: User "night-shift" cannot patch resource "rollouts/status"'
    expect(classify(403, status(403, 'Forbidden', told))).toMatchObject({ kind: 'Forbidden', user: 'night-shift' })
  })

  it('a 404 that is no Status means that the whole resource is not served', () => {
    expect(classify(404, '404 page not found\n')).toEqual({
      kind: 'NotFound',
      message: '404 page not found',
      resource: 'rollouts.argoproj.io/status',
      name: undefined,
    })
  })

  it.each([
    ['seconds in the header', '5', {}, 5000],
    ['a date in the header', 'Thu, 15 Jan 2026 10:00:09 GMT', {}, 9000],
    ['seconds in the Status', undefined, { retryAfterSeconds: 3 }, 3000],
  ])('Retry-After as %s', (_, retryAfter, details, retryAfterMs) => {
    const body = status(503, 'ServiceUnavailable', 'later', details)
    expect(classify(503, body, retryAfter === undefined ? {} : { retryAfter })).toMatchObject({
      kind: 'Throttled',
      retryAfterMs,
    })
  })

  it('an invalid object names its fields', () => {
    const causes = [{ reason: 'FieldValueInvalid', message: 'must be positive', field: 'spec.replicas' }]
    expect(classify(422, status(422, 'Invalid', 'told', { causes }))).toEqual({
      kind: 'Invalid',
      message: 'told',
      causes: [{ field: 'spec.replicas', reason: 'must be positive' }],
    })
  })

  it('what a server says about a Secret is not repeated, for it may quote the value', () => {
    const about = { ...asked, resource: resources.secrets, subresource: undefined }
    const causes = [{ reason: 'FieldValueInvalid', message: 'Invalid value: "hunter2"', field: 'data' }]
    const outcome = classify(422, status(422, 'Invalid', 'data: Invalid value: "hunter2"', { causes }), { about })
    expect(JSON.stringify(outcome)).not.toContain('hunter2')
    expect(outcome).toMatchObject({ message: 'patch secrets: Invalid' })
  })

  it('the page of a proxy is not shown, a long text is cut, a token is removed', () => {
    expect(classify(502, '<html>…</html>')).toMatchObject({ message: 'patch rollouts.argoproj.io/status: HTTP 502' })
    expect(classify(500, 'x'.repeat(9999)).message).toHaveLength(2000)
    expect(classify(500, 'header was "Bearer abcdefghijkl"').message).toBe('header was "Bearer [redacted]"')
  })
})

describe('classifyThrown', () => {
  const thrown = (code: string) => new Error('outer', { cause: Object.assign(new Error('inner'), { code }) })

  it('says in words what is wrong, with the code, the server and since when', () => {
    expect(classifyThrown(thrown('ECONNREFUSED'), 'https://api.example.test', T0)).toEqual({
      kind: 'Unreachable',
      message:
        'https://api.example.test: nothing accepts connections there. Check the address, and whether the API server runs (ECONNREFUSED)',
      since: T0,
    })
  })

  it('finds the code in the first of several errors', () => {
    const error = new AggregateError([Object.assign(new Error('a'), { code: 'ENETUNREACH' })])
    expect(classifyThrown(error, 's', T0).message).toContain('no route to this network')
  })

  it('keeps the text of an unknown error', () => {
    expect(classifyThrown(new Error('odd'), 's', T0).message).toBe('s: odd')
    expect(classifyThrown(Object.assign(new Error('odd'), { code: 'EODD' }), 's', T0).message).toBe('s: odd (EODD)')
  })
})
