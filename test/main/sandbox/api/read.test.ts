import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { place } from '#main/sandbox/bootstrap.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

interface List {
  readonly metadata: { readonly continue?: string }
}

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await aSandbox(new VirtualClock())
  const { store } = sandbox.cluster
  place(store, resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } })
  for (const name of ['one', 'two'])
    place(store, resources.configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'a', name } })
})

afterEach(() => sandbox.stop())

describe('a list', () => {
  it('refuses a page whose time was compacted away with 410', async () => {
    const first = (await sandbox.send<List>('GET', '/api/v1/configmaps?limit=1')).body
    await sandbox.send('DELETE', '/api/v1/namespaces/a/configmaps/two')
    sandbox.cluster.server.faults.compact()
    const late = await sandbox.send('GET', `/api/v1/configmaps?limit=1&continue=${first.metadata.continue}`)
    expect(late).toMatchObject({ code: 410, body: { reason: 'Expired' } })
  })

  it('never answers an exact past that it does not keep', async () => {
    const answer = await sandbox.send('GET', '/api/v1/configmaps?resourceVersion=1&resourceVersionMatch=Exact')
    expect(answer).toMatchObject({ code: 410 })
  })
})
