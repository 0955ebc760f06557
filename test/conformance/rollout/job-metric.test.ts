import { beforeEach, describe, expect, it } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, canary, objectsOf, post, shopName } from './shop.ts'

let world: World

beforeEach(async () => {
  world = await aWorld()
})

/** An update whose first step is measured by a Job of this image. */
async function updatingBy(container: { readonly image: string; readonly command?: readonly string[] }) {
  const pod = { restartPolicy: 'Never', containers: [{ name: 'check', ...container }] }
  const job = { metadata: { labels: { app: shopName } }, spec: { backoffLimit: 0, template: { spec: pod } } }
  await post(world, resources.analysisTemplates, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'check' },
    spec: { metrics: [{ name: 'check', provider: { job } }] },
  })
  const steps = [{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'check' }] } }]
  const shop = await aHealthyShop(world, { strategy: canary(steps) })
  await shop.release('2')
  return shop
}

const jobs = () => objectsOf<KubeObject>(world, resources.jobs)

async function theRun(): Promise<AnalysisRun> {
  const [run] = await objectsOf<AnalysisRun>(world, resources.analysisRuns)
  if (run === undefined) throw new Error('there is no AnalysisRun')
  return run
}

describe('a canary that is measured by a Job', () => {
  it('PRV-402, PRV-404, PRV-406: goes on when it completes', async () => {
    const shop = await updatingBy({ image: 'registry.example/check:1' })
    await shop.untilHealthy()
    const { metadata, status } = await theRun()
    const name = `${metadata.uid}.check.1`
    expect(status).toMatchObject({
      phase: 'Successful',
      metricResults: [
        { measurements: [{ phase: 'Successful', metadata: { 'job-name': name, 'job-namespace': world.namespace } }] },
      ],
    })
    expect(await jobs()).toMatchObject([
      {
        metadata: {
          name,
          labels: { 'analysisrun.argoproj.io/uid': metadata.uid },
          annotations: {
            'analysisrun.argoproj.io/name': metadata.name,
            'analysisrun.argoproj.io/metric-name': 'check',
          },
          ownerReferences: [{ kind: 'AnalysisRun', uid: metadata.uid, controller: true }],
        },
      },
    ])
  })

  it('PRV-406, ANA-1112: is aborted by itself when it fails', async () => {
    const shop = await updatingBy({ image: 'registry.example/check:1-fail' })
    await shop.until('aborted', ({ status }) => status?.abort === true)
    await shop.untilPods('1×2')
    expect(shop.story.latest.status?.message).toContain(
      'Metric "check" assessed Failed due to failed (1) > failureLimit (0)',
    )
  })

  it('PRV-406, ANA-1121: waits for somebody when its image cannot be pulled, and says which', async () => {
    const shop = await updatingBy({ image: 'registry.example/check:1-missing' })
    await shop.until('undecided', ({ status }) =>
      (status?.pauseConditions ?? []).some(({ reason }) => reason === 'InconclusiveAnalysisRun'),
    )
    const [result] = (await theRun()).status?.metricResults ?? []
    expect(result?.measurements?.[0]).toMatchObject({
      phase: 'Inconclusive',
      message: expect.stringMatching(
        /^Pod \S+, container check has terminal error \((ErrImagePull|ImagePullBackOff)\): /,
      ),
    })
  })

  it('PRV-407: that is aborted meanwhile takes the Job with it', async () => {
    const shop = await updatingBy({ image: 'registry.example/check:1', command: ['sleep', '600'] })
    await world.eventually('the Job', async () => (await jobs()).length === 1)
    await shop.patchStatus({ abort: true })
    await world.eventually('no Job', async () => (await jobs()).length === 0)
    await shop.untilPods('1×2')
    const [result] = (await theRun()).status?.metricResults ?? []
    expect(result?.measurements).toMatchObject([{ phase: 'Inconclusive', message: 'Metric Terminated' }])
  })
})
