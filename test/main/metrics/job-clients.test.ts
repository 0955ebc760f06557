import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { type ContextAccess, loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { createJobClients, type JobClients } from '#main/metrics/job-clients.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const opener = (clock: VirtualClock) => (access: ContextAccess) =>
  createClusterClient({ access, clock, random: () => 0.5, env: {} })

describe('clusters that Jobs go to', () => {
  let sandbox: Sandbox
  let folder: string
  let clients: JobClients
  beforeEach(async () => {
    const clock = new VirtualClock()
    sandbox = await aSandbox(clock)
    folder = mkdtempSync(join(tmpdir(), 'argosy-jobs-'))
    clients = createJobClients(opener(clock))
  })
  afterEach(async () => {
    await clients.close()
    await sandbox.stop()
    rmSync(folder, { recursive: true })
  })
  const write = (text: string) => {
    const path = join(folder, 'jobs.yaml')
    writeFileSync(path, text)
    return path
  }

  it('PRV-403: are those of the current context of a file, by one client', async () => {
    const path = write(sandbox.kubeconfig)
    const opened = await clients.open(path)
    if (!opened.ok) throw new Error(opened.error)
    expect(await opened.value.list(resources.nodes)).toMatchObject({ ok: true })
    expect(await clients.open(path)).toEqual(opened)
  })

  it('PRV-403: are the cluster around the pod where that is meant', async () => {
    const config = loadKubeconfig({ paths: [write(sandbox.kubeconfig)] })
    const around = createJobClients(opener(new VirtualClock()), () =>
      config.ok ? config.value.access('harbor-1') : undefined,
    )
    const opened = await around.open('in-cluster')
    expect(opened.ok && (await opened.value.list(resources.nodes))).toMatchObject({ ok: true })
    expect(await around.open('in-cluster')).toEqual(opened)
    await around.close()
  })

  it('PRV-403: are told apart from none', async () => {
    const path = write(sandbox.kubeconfig.replace(/^current-context:.*$/m, ''))
    expect(await clients.open(path)).toMatchObject({ ok: false, error: expect.stringContaining('no current context') })
    expect(await clients.open(join(folder, 'absent'))).toMatchObject({ ok: false })
    expect(await clients.open('in-cluster')).toEqual({
      ok: false,
      error:
        'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    })
  })
})
