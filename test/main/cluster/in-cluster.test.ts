import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createCredentials } from '#main/cluster/credentials.ts'
import { inClusterAccess, inClusterContexts } from '#main/cluster/in-cluster.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' }

/** What a kubelet mounts, of these files. */
function aMount(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-account-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}
const authority = readFileSync(new URL('../../fixtures/tls/ca.crt', import.meta.url), 'utf8')
const whole = { token: 'first\n', 'ca.crt': authority, namespace: 'argo-rollouts\n' }

it('in a pod: the API server of the environment, the account and the namespace of the mount', () => {
  const folder = aMount(whole)
  const access = inClusterAccess(pod, folder)
  expect(access).toMatchObject({
    context: 'in-cluster',
    namespace: 'argo-rollouts',
    cluster: {
      server: 'https://10.0.0.1:443',
      certificateAuthority: { file: join(folder, 'ca.crt') },
      insecureSkipTlsVerify: false,
    },
    user: { tokenFile: join(folder, 'token') },
  })
  expect(inClusterAccess({ ...pod, KUBERNETES_SERVICE_HOST: 'fd00::1' }, folder)?.cluster.server).toBe(
    'https://[fd00::1]:443',
  )
})

it('without a token, or without the address, this is no pod', () => {
  expect(inClusterAccess(pod, aMount({ 'ca.crt': 'PEM' }))).toBeUndefined()
  const { KUBERNETES_SERVICE_PORT: _port, ...hostOnly } = pod
  expect(inClusterAccess(hostOnly, aMount(whole))).toBeUndefined()
  expect(inClusterAccess({}, aMount(whole))).toBeUndefined()
})

it('a token that was replaced is used within a minute, and at once after a refusal', async () => {
  const clock = new VirtualClock()
  const folder = aMount(whole)
  const access = inClusterAccess(pod, folder)
  if (access === undefined) throw new Error('no access')
  const credentials = createCredentials(access, clock)
  const sent = async () => {
    const current = await credentials.current()
    return current.ok ? current.value : undefined
  }
  const first = await sent()
  expect(first).toMatchObject({ headers: { Authorization: 'Bearer first' }, tls: { ca: authority } })
  writeFileSync(join(folder, 'token'), 'second')
  expect(await sent()).toBe(first)
  await clock.advance(60_000)
  expect((await sent())?.headers).toEqual({ Authorization: 'Bearer second' })
  writeFileSync(join(folder, 'token'), 'third')
  const refused = await sent()
  if (refused === undefined) throw new Error('no credential')
  expect(await credentials.renew(refused)).toMatchObject({
    ok: true,
    value: { headers: { Authorization: 'Bearer third' } },
  })
})

it('is one context for whoever asks for contexts', () => {
  const access = inClusterAccess(pod, aMount(whole))
  if (access === undefined) throw new Error('no access')
  const contexts = inClusterContexts(access)
  expect(contexts.contexts).toEqual([
    {
      context: 'in-cluster',
      cluster: 'in-cluster',
      user: 'in-cluster',
      namespace: 'argo-rollouts',
      server: 'https://10.0.0.1:443',
    },
  ])
  expect([contexts.access('in-cluster'), contexts.access('other')]).toEqual([access, undefined])
})
