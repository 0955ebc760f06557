import { beforeEach, describe, expect, it } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import { resources } from '#api/resources.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, canary, objectsOf, post, shopName } from './rollout/shop.ts'

/**
 * The engine measures real traffic of the sandbox at an address that means something only in the cluster: the proxy of the API
 * server carries it there. The tag of the image says what is to be measured.
 */
let world: World

/** @param failsBelow between that and 0.98 it cannot tell */
const successRate = (failsBelow: number) => {
  const of = (more: string) =>
    `sum(rate(http_requests_total{service="${shopName}",rollouts_pod_template_hash="{{args.hash}}"${more}}[30s]))`
  return {
    metrics: [
      {
        name: 'success-rate',
        initialDelay: '10s',
        interval: '5s',
        count: 6,
        successCondition: 'result[0] >= 0.98',
        failureCondition: `result[0] < ${failsBelow}`,
        provider: {
          prometheus: {
            address: 'http://prometheus.monitoring:9090',
            query: `${of(',code!~"5.."')} / ${of('')}`,
          },
        },
      },
    ],
    args: [{ name: 'hash' }],
  }
}

beforeEach(async () => {
  world = await aWorld()
  await post(world, resources.services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: shopName },
    spec: { selector: { app: shopName }, ports: [{ port: 80 }] },
  })
  for (const [name, failsBelow] of [
    ['success-rate', 0.95],
    ['no-doubt', 0.98],
  ] as const)
    await post(world, resources.analysisTemplates, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name },
      spec: successRate(failsBelow),
    })
})

const measuredBy = (templateName: string) => ({
  templates: [{ templateName }],
  args: [{ name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' as const } }],
})
const steps = [{ setWeight: 50 }, { analysis: measuredBy('success-rate') }]

const measurements = async () => {
  const [run] = await objectsOf<AnalysisRun>(world, resources.analysisRuns)
  return run?.status?.metricResults?.[0]?.measurements?.map(({ value, phase }) => [
    phase,
    Number(/[\d.]+/.exec(value ?? '')),
  ])
}

describe('a canary whose own traffic is measured through the API server', () => {
  it('PRV-1501: goes on when its requests succeed', async () => {
    const shop = await aHealthyShop(world, { strategy: canary(steps) })
    await shop.release('2')
    await shop.untilHealthy()
    const all = (await measurements()) ?? []
    expect(all).toHaveLength(6)
    for (const [phase, rate] of all) {
      expect(phase).toBe('Successful')
      expect(rate).toBeGreaterThan(0.99)
    }
    expect(world.sandbox?.cluster.server.requestCount.get('create services/proxy')).toBe(6)
  })

  it('PRV-1501, ANA-1112: goes back by itself when a burst of errors comes', async () => {
    // A burst that has just begun is still some of the way to bad.
    const strategy = canary([{ setWeight: 50 }, { analysis: measuredBy('no-doubt') }])
    const shop = await aHealthyShop(world, { strategy })
    await shop.release('2-burst')
    await shop.until('aborted', ({ status }) => status?.abort === true)
    await shop.untilPods('1×2')
    const phases = ((await measurements()) ?? []).map(([phase]) => phase)
    expect(phases[0]).toBe('Successful')
    expect(phases.at(-1)).toBe('Failed')
    expect(shop.story.latest.status?.message).toContain('Metric "success-rate" assessed Failed')
  })

  it('PRV-1501, ANA-1111: waits for somebody when it is neither good nor bad', async () => {
    const shop = await aHealthyShop(world, { strategy: canary(steps) })
    await shop.release('2-flaky')
    await shop.until('paused', ({ status }) => status?.pauseConditions?.[0]?.reason === 'InconclusiveAnalysisRun')
    expect((await measurements())?.at(-1)?.[0]).toBe('Inconclusive')
  })

  it('PRV-207, PRV-1501: has no value where nothing is measured', async () => {
    const shop = await aHealthyShop(world, { strategy: canary(steps) })
    await shop.release('2-no-metrics')
    await shop.until('aborted', ({ status }) => status?.abort === true)
    const [run] = await objectsOf<AnalysisRun>(world, resources.analysisRuns)
    expect(run?.status?.phase).toBe('Error')
  })
})
