import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runExecPlugin } from '#main/cluster/exec-plugin.ts'
import type { ClusterEntry, ExecEntry } from '#main/cluster/kubeconfig-file.ts'
import { anAccess } from '#test/support/context-access.ts'
import { advanceUntil } from '#test/support/until.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-exec-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const pem = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64')
const v1 = 'client.authentication.k8s.io/v1'

/** A plugin that runs `script` under Node; `answer(status)` prints an ExecCredential. */
function aPlugin(script: string, options: Partial<ExecEntry> = {}): ExecEntry {
  const file = join(folder, 'plugin.mjs')
  writeFileSync(
    file,
    `const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO)
const answer = (status, apiVersion = info.apiVersion) => console.log(JSON.stringify({ apiVersion, kind: 'ExecCredential', status }))
${script}`,
  )
  return {
    apiVersion: v1,
    command: process.execPath,
    args: [file],
    env: {},
    installHint: undefined,
    provideClusterInfo: false,
    interactiveMode: 'IfAvailable',
    ...options,
  }
}

const run = (exec: ExecEntry, cluster: Partial<ClusterEntry> = {}, clock = new VirtualClock()) =>
  runExecPlugin(exec, anAccess('https://api.example.test', { cluster }).cluster, clock)

describe('runExecPlugin', () => {
  it('reads token, certificate and expiry', async () => {
    const script = `answer({ token: 't', clientCertificateData: 'C', clientKeyData: 'K', expirationTimestamp: '2026-01-15T10:00:00Z' })`
    expect(await run(aPlugin(script))).toEqual({
      ok: true,
      value: { token: 't', certificate: 'C', key: 'K', expiresAt: T0 },
    })
  })

  it('hands over KUBERNETES_EXEC_INFO without the cluster unless asked for it, and never claims a terminal', async () => {
    const outcome = await run(aPlugin(`answer({ token: JSON.stringify(info) })`))
    expect(outcome.ok && JSON.parse(outcome.value.token ?? '')).toEqual({
      apiVersion: v1,
      kind: 'ExecCredential',
      spec: { interactive: false },
    })
  })

  it('hands over the cluster when provideClusterInfo asks for it', async () => {
    const outcome = await run(
      aPlugin(`answer({ token: JSON.stringify(info.spec.cluster) })`, { provideClusterInfo: true }),
      {
        certificateAuthority: { data: pem },
        tlsServerName: 'other',
        insecureSkipTlsVerify: true,
        proxyUrl: 'http://proxy.example.test:1',
        execConfig: { audience: 'here' },
      },
    )
    expect(outcome.ok && JSON.parse(outcome.value.token ?? '')).toEqual({
      server: 'https://api.example.test',
      'certificate-authority-data': pem,
      'tls-server-name': 'other',
      'insecure-skip-tls-verify': true,
      'proxy-url': 'http://proxy.example.test:1',
      config: { audience: 'here' },
    })
  })

  it('adds the environment of the kubeconfig to its own', async () => {
    const script = `answer({ token: process.env.PROFILE + (process.env.PATH ? ' with PATH' : '') })`
    const outcome = await run(aPlugin(script, { env: { PROFILE: 'staging' } }))
    expect(outcome).toMatchObject({ value: { token: 'staging with PATH' } })
  })

  it('shows what a failing plugin wrote to stderr, without credentials', async () => {
    const script = `console.error('session expired: run sso login; token=abcdefghijkl'); process.exit(3)`
    const outcome = await run(aPlugin(script))
    expect(outcome).toEqual({
      ok: false,
      error: `The credential plugin ${process.execPath} failed (exit 3). It says: session expired: run sso login; token=[redacted]`,
    })
  })

  it('gives the install hint for a plugin that is not there', async () => {
    const outcome = await run(aPlugin('', { command: 'no-such-plugin', installHint: 'Install it with brew.\n' }))
    expect(outcome).toEqual({
      ok: false,
      error: 'The credential plugin no-such-plugin is not installed, or not in PATH. Install it with brew.',
    })
  })

  it('ends a plugin that takes longer than a minute', async () => {
    const clock = new VirtualClock()
    let error = ''
    void run(aPlugin(`setTimeout(() => undefined, 1e6)`), {}, clock).then((outcome) => {
      if (!outcome.ok) error = outcome.error
    })
    await advanceUntil(clock, 'gave up', () => error !== '', 10_000)
    expect(error).toContain('did not finish within 60 s')
  })

  it.each([
    [`answer({})`, {}, 'gave neither a token nor a certificate'],
    [`answer({ clientCertificateData: 'C' })`, {}, 'gave a certificate without its key'],
    [
      `answer({ token: 't' }, 'client.authentication.k8s.io/v1beta1')`,
      {},
      'answered in client.authentication.k8s.io/v1beta1 instead of',
    ],
    [`console.log('hello')`, {}, 'did not print an ExecCredential in JSON'],
    [`console.log('{}')`, {}, 'did not print an ExecCredential'],
    [`console.log('x'.repeat(3e6))`, {}, 'wrote more than 1 MiB'],
    ['', { interactiveMode: 'Always' }, 'needs a terminal'],
    [
      '',
      { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
      'is set up for client.authentication.k8s.io/v1alpha1',
    ],
  ])('refuses %s with %j: it %s', async (script, options, message) => {
    const outcome = await run(aPlugin(script, options))
    expect(!outcome.ok && outcome.error).toContain(message)
  })
})
