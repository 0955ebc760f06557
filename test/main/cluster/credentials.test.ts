import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCredentials } from '#main/cluster/credentials.ts'
import type { ExecEntry, UserEntry } from '#main/cluster/kubeconfig-file.ts'
import { anAccess } from '#test/support/context-access.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

let folder: string
let clock: VirtualClock
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-credentials-'))
  clock = new VirtualClock()
})
afterEach(() => rmSync(folder, { recursive: true }))

const credentialsOf = (user: Partial<UserEntry>) =>
  createCredentials(anAccess('https://api.example.test', { user }), clock)

async function headersOf(user: Partial<UserEntry>) {
  const outcome = await credentialsOf(user).current()
  if (!outcome.ok) throw new Error(outcome.error)
  return outcome.value.headers
}

/** A plugin that counts its runs in a file and hands out `token-<run>`; `ending` is run last. */
function aCountingPlugin(status = '', ending = ''): { readonly exec: ExecEntry; readonly runs: () => number } {
  const runs = join(folder, 'runs')
  const file = join(folder, 'plugin.mjs')
  writeFileSync(runs, '')
  writeFileSync(
    file,
    `import { appendFileSync, readFileSync } from 'node:fs'
appendFileSync(${JSON.stringify(runs)}, 'x')
const run = readFileSync(${JSON.stringify(runs)}, 'utf8').length
const { apiVersion } = JSON.parse(process.env.KUBERNETES_EXEC_INFO)
console.log(JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token: 'token-' + run, ${status} } }))
${ending}`,
  )
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: [file],
    env: {},
    installHint: undefined,
    provideClusterInfo: false,
    interactiveMode: undefined,
  }
  return { exec, runs: () => readFileSync(runs, 'utf8').length }
}

describe('fixed credentials', () => {
  it('a token, or a user name with a password; a token wins', async () => {
    expect(await headersOf({ token: 'abc' })).toEqual({ Authorization: 'Bearer abc' })
    expect(await headersOf({ username: 'ada', password: 'x' })).toEqual({ Authorization: 'Basic YWRhOng=' })
    expect(await headersOf({ token: 'abc', username: 'ada' })).toEqual({ Authorization: 'Bearer abc' })
    expect(await headersOf({})).toEqual({})
  })

  it('impersonation sends user, uid, every group and every extra value', async () => {
    const impersonate = {
      user: 'grace',
      uid: '7',
      groups: ['sre', 'oncall'],
      extra: { 'acme.com/scopes %': ['view', 'edit'] },
    }
    expect(await headersOf({ token: 'abc', impersonate })).toEqual({
      Authorization: 'Bearer abc',
      'Impersonate-User': 'grace',
      'Impersonate-Uid': '7',
      'Impersonate-Group': ['sre', 'oncall'],
      'Impersonate-Extra-acme.com%2Fscopes%20%25': ['view', 'edit'],
    })
  })
})

describe('files', () => {
  it('a token file wins over a token and is read again after a minute', async () => {
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, 'first\n')
    const credentials = credentialsOf({ token: 'abc', tokenFile })
    expect(await credentials.current()).toMatchObject({ value: { headers: { Authorization: 'Bearer first' } } })
    writeFileSync(tokenFile, 'second\n')
    expect(await credentials.current()).toMatchObject({ value: { headers: { Authorization: 'Bearer first' } } })
    await clock.advance(60_000)
    expect(await credentials.current()).toMatchObject({ value: { headers: { Authorization: 'Bearer second' } } })
  })

  it('after a 401 a token file is read again at once; an unchanged one is no reason to try again', async () => {
    const tokenFile = join(folder, 'token')
    writeFileSync(tokenFile, 'first')
    const credentials = credentialsOf({ tokenFile })
    const before = await credentials.current()
    if (!before.ok) throw new Error(before.error)
    expect(await credentials.renew(before.value)).toEqual({ ok: true, value: undefined })
    writeFileSync(tokenFile, 'second')
    expect(await credentials.renew(before.value)).toMatchObject({
      value: { headers: { Authorization: 'Bearer second' } },
    })
  })

  it('a missing or empty file is named', async () => {
    const tokenFile = join(folder, 'token')
    expect(await credentialsOf({ tokenFile }).current()).toEqual({
      ok: false,
      error: `${tokenFile}, named in the kubeconfig, cannot be read (ENOENT).`,
    })
    writeFileSync(tokenFile, ' \n')
    expect(await credentialsOf({ tokenFile }).current()).toMatchObject({ error: expect.stringContaining('is empty') })
  })

  it('client certificates are read from files or data', async () => {
    writeFileSync(join(folder, 'me.crt'), '-----BEGIN C')
    const outcome = await credentialsOf({
      certificate: { file: join(folder, 'me.crt') },
      key: { data: Buffer.from('-----BEGIN K').toString('base64') },
    }).current()
    expect(outcome).toMatchObject({
      value: { tls: { certificate: '-----BEGIN C', key: '-----BEGIN K', ca: undefined } },
    })
  })
})

describe('what is no PEM', () => {
  it('is refused by the name of its field or file', async () => {
    expect(await credentialsOf({ key: { data: 'AAAA' } }).current()).toEqual({
      ok: false,
      error: 'client-key-data in the kubeconfig is not base64 of a PEM text.',
    })
    const file = join(folder, 'me.crt')
    writeFileSync(file, 'DER')
    expect(await credentialsOf({ certificate: { file } }).current()).toEqual({
      ok: false,
      error: `${file}, named in the kubeconfig as client-certificate, is not a PEM file.`,
    })
  })
})

describe('exec plugins', () => {
  it('run once for requests that come together, and not again while the credential is good', async () => {
    const { exec, runs } = aCountingPlugin()
    const credentials = credentialsOf({ exec })
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => credentials.current()))
    expect(outcomes.every((each) => each.ok && each.value.headers['Authorization'] === 'Bearer token-1')).toBe(true)
    await clock.advance(86_400_000)
    await credentials.current()
    expect(runs()).toBe(1)
  })

  it('run again a minute before the credential expires', async () => {
    const expires = new Date(T0 + 600_000).toISOString()
    const { exec, runs } = aCountingPlugin(`expirationTimestamp: '${expires}'`)
    const credentials = credentialsOf({ exec })
    await credentials.current()
    await clock.advance(539_000)
    await credentials.current()
    expect(runs()).toBe(1)
    await clock.advance(1_000)
    expect(await credentials.current()).toMatchObject({ value: { headers: { Authorization: 'Bearer token-2' } } })
  })

  it('run again after a 401, once for all requests that were refused', async () => {
    const { exec, runs } = aCountingPlugin()
    const credentials = credentialsOf({ exec })
    const refused = await credentials.current()
    if (!refused.ok) throw new Error(refused.error)
    const renewed = await Promise.all([1, 2, 3].map(() => credentials.renew(refused.value)))
    expect(renewed.map((each) => each.ok && each.value?.headers['Authorization'])).toEqual(
      Array(3).fill('Bearer token-2'),
    )
    expect(runs()).toBe(2)
  })

  it('are not started again right after a failure', async () => {
    const { exec, runs } = aCountingPlugin('', 'process.exit(1)')
    const credentials = credentialsOf({ exec })
    for (let i = 0; i < 5; i++) expect((await credentials.current()).ok).toBe(false)
    expect(runs()).toBe(1)
    await clock.advance(1_000)
    await credentials.current()
    expect(runs()).toBe(2)
  })
})

describe('auth-provider oidc', () => {
  const jwt = (expiresAt: number): string =>
    [{ alg: 'none' }, { exp: expiresAt }, {}]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')

  it('sends the id token while it is good', async () => {
    const idToken = jwt(4_000_000_000)
    const authProvider = { name: 'oidc', config: { 'client-id': 'x', 'id-token': idToken } }
    expect(await headersOf({ authProvider })).toEqual({ Authorization: `Bearer ${idToken}` })
  })

  it('says so when it has expired and cannot be refreshed', async () => {
    const authProvider = { name: 'oidc', config: { 'client-id': 'x', 'id-token': jwt(1) } }
    expect(await credentialsOf({ authProvider }).current()).toEqual({
      ok: false,
      error:
        'The oidc token in the kubeconfig has expired and cannot be refreshed. Sign in again with the tool that wrote it.',
    })
  })
})
