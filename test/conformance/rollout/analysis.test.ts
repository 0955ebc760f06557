import { beforeEach, describe, expect, it } from 'vitest'
import type { AnalysisRun, AnalysisTemplateSpec, Metric } from '#api/analysis.ts'
import { resourcePath, resources } from '#api/resources.ts'
import type { BlueGreenStrategy, CanaryStrategy } from '#api/rollout.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, canary, isHealthy, objectsOf, post, type Shop, shopName } from './shop.ts'

let world: World
let prometheus: string

beforeEach(async () => {
  world = await aWorld()
  prometheus = await world.prometheus()
})

/** A metric whose value its template or its Rollout gives: Prometheus answers a number with that number. */
const rate = (metric: Partial<Metric> = {}): Metric => ({
  name: 'rate',
  successCondition: 'result >= 0.95',
  provider: { prometheus: { address: prometheus, query: '{{args.rate}}' } },
  ...metric,
})

const template = (name: string, spec: AnalysisTemplateSpec) =>
  post(world, resources.analysisTemplates, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name },
    spec,
  })

const analysis = (value: string) => ({ templates: [{ templateName: 'smoke' }], args: [{ name: 'rate', value }] })

const runs = () => objectsOf<AnalysisRun>(world, resources.analysisRuns)
const runNamed = async (suffix: string) => (await runs()).find(({ metadata }) => metadata.name.endsWith(suffix))
const untilRun = (suffix: string, phase: string) =>
  world.eventually(`run ${suffix} ${phase}`, async () => (await runNamed(suffix))?.status?.phase === phase)

async function updating(strategy: { readonly canary?: CanaryStrategy; readonly blueGreen?: BlueGreenStrategy }) {
  const shop = await aHealthyShop(world, { strategy })
  await shop.release('2')
  return shop
}

const untilAborted = (shop: Shop) => shop.until('aborted', ({ status }) => status?.abort === true)

describe('a canary that is measured at a step', () => {
  it('ANA-1112, ANA-1113, ANA-1504, REC-4, PRV-207: goes on when the metric is good', async () => {
    await template('smoke', { metrics: [rate()], args: [{ name: 'rate' }] })
    const shop = await updating(canary([{ setWeight: 50 }, { analysis: analysis('0.97') }]))
    await shop.untilHealthy()
    const run = await runNamed('-2-1')
    // What was filled in is measured, and not written down.
    expect(run?.spec).toMatchObject({ metrics: [{ provider: { prometheus: { query: '{{args.rate}}' } } }] })
    expect(run?.status).toMatchObject({
      phase: 'Successful',
      runSummary: { count: 1, successful: 1 },
      metricResults: [
        {
          name: 'rate',
          phase: 'Successful',
          measurements: [{ phase: 'Successful', value: '0.97' }],
          metadata: { ResolvedPrometheusQuery: '0.97' },
        },
      ],
    })
  })

  it('ANA-1112, ANA-1121: is aborted by itself when it is bad, and goes back', async () => {
    await template('smoke', { metrics: [rate()], args: [{ name: 'rate' }] })
    const shop = await updating(canary([{ setWeight: 50 }, { analysis: analysis('0.5') }]))
    await untilAborted(shop)
    await shop.untilPods('1×2')
    expect(shop.story.latest.status).toMatchObject({
      phase: 'Degraded',
      message:
        'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "rate" assessed Failed due to failed (1) > failureLimit (0)',
    })
  })

  it('ANA-1111: waits for somebody when it cannot tell, and measures anew after that', async () => {
    const unsure = rate({ failureCondition: 'result < 0.5' })
    await template('smoke', { metrics: [unsure], args: [{ name: 'rate' }] })
    const shop = await updating(canary([{ setWeight: 50 }, { analysis: analysis('0.7') }]))
    await shop.until('paused', ({ status }) => status?.pauseConditions?.[0]?.reason === 'InconclusiveAnalysisRun')
    await shop.patchStatus({ pauseConditions: null })
    await untilRun('-2-1.1', 'Inconclusive')
    await shop.patchStatus({ abort: true })
    await shop.untilPods('1×2')
    expect(await runs()).toHaveLength(2)
  })

  it('ANA-106, ANA-606, ANA-801: measures as often as it is told, and bears as many failures', async () => {
    const patient = rate({ count: 3, interval: '1s', failureLimit: 3 })
    await template('smoke', { metrics: [patient], args: [{ name: 'rate' }] })
    const shop = await updating(canary([{ setWeight: 50 }, { analysis: analysis('0.5') }]))
    await shop.untilHealthy()
    const [result] = (await runNamed('-2-1'))?.status?.metricResults ?? []
    expect(result).toMatchObject({ phase: 'Successful', count: 3, failed: 3 })
    expect(result?.measurements).toHaveLength(3)
  })

  it('ANA-801, PRV-208: an error is tried again, and ends the update when there are too many', async () => {
    const broken = rate({ consecutiveErrorLimit: 0 })
    await template('smoke', { metrics: [broken], args: [{ name: 'rate' }] })
    const shop = await updating(canary([{ setWeight: 50 }, { analysis: analysis('rate(') }]))
    await untilAborted(shop)
    const run = await runNamed('-2-1')
    expect(run?.status?.phase).toBe('Error')
    expect(run?.status?.message).toMatch(
      /^Metric "rate" assessed Error due to consecutiveErrors \(1\) > consecutiveErrorLimit \(0\): "Error Message: bad_data: /,
    )
  })

  it('ANA-605, ANA-803, ANA-1506: a dry run says what it would have said, and stops nothing', async () => {
    await template('smoke', { metrics: [rate()], args: [{ name: 'rate' }] })
    const dry = { ...analysis('0.1'), dryRun: [{ metricName: '.*' }] }
    const shop = await updating(canary([{ setWeight: 50 }, { analysis: dry }]))
    await shop.untilHealthy()
    expect((await runNamed('-2-1'))?.status).toMatchObject({
      phase: 'Successful',
      dryRunSummary: { count: 1, failed: 1 },
      metricResults: [{ dryRun: true, message: 'Metric assessed Failed due to failed (1) > failureLimit (0)' }],
    })
  })

  it('ANA-305, ANA-309, ANA-406: takes an argument from a Secret, and shows it nowhere', async () => {
    const data = { rate: Buffer.from('0.98765').toString('base64') }
    await post(world, resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'rates' }, data })
    const secret = { name: 'rate', valueFrom: { secretKeyRef: { name: 'rates', key: 'rate' } } }
    const metric = rate({ successCondition: 'result == 0.98765', failureCondition: 'result != {{args.rate}}' })
    const hidden = { ...metric, provider: { prometheus: { address: prometheus, query: '0.98765' } } }
    await template('smoke', { metrics: [hidden], args: [secret] })
    const shop = await updating(canary([{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'smoke' }] } }]))
    await shop.untilHealthy()
    const run = await runNamed('-2-1')
    expect(run?.status?.phase).toBe('Successful')
    expect(run?.spec.args).toEqual([secret])
  })

  it('ANA-305: a Secret that is missing ends it, and is named', async () => {
    const secret = { name: 'rate', valueFrom: { secretKeyRef: { name: 'nowhere', key: 'rate' } } }
    await template('smoke', { metrics: [rate()], args: [secret] })
    const shop = await updating(canary([{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'smoke' }] } }]))
    await untilAborted(shop)
    expect((await runNamed('-2-1'))?.status?.message).toBe(
      'Unable to resolve metric arguments: secrets "nowhere" not found',
    )
  })
})

describe('a canary that is measured all the time', () => {
  it('ANA-1115, ANA-1117: ends well, its analysis is ended too', async () => {
    await template('smoke', { metrics: [rate({ interval: '1s' })], args: [{ name: 'rate' }] })
    const shop = await updating(canary([{ setWeight: 50 }, { pause: { duration: 3 } }], { analysis: analysis('0.99') }))
    await shop.untilHealthy()
    await untilRun('-2', 'Successful')
    const run = await runNamed('-2')
    expect(run?.status?.message).toBe('Run Terminated')
    expect(run?.status?.metricResults?.[0]?.count).toBeGreaterThan(1)
  })

  it('ANA-1115, ANA-808: is aborted in the middle of a pause', async () => {
    await template('smoke', { metrics: [rate({ interval: '1s' })], args: [{ name: 'rate' }] })
    const shop = await updating(canary([{ setWeight: 50 }, { pause: {} }], { analysis: analysis('0.5') }))
    await untilAborted(shop)
    await shop.untilPods('1×2')
    expect(shop.story.latest.status?.message).toContain('Background analysis phase error/failed')
  })
})

describe('a blue-green update that is measured', () => {
  const services = async () => {
    for (const name of ['live', 'next'])
      await post(world, resources.services, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { selector: { app: shopName }, ports: [{ port: 80 }] },
      })
  }
  const blueGreen = (more: BlueGreenStrategy) => ({
    blueGreen: { activeService: 'live', previewService: 'next', scaleDownDelaySeconds: 3, ...more },
  })

  it('BG-72, ANA-1118, ANA-1119: before and after the cut-over', async () => {
    await services()
    await template('smoke', { metrics: [rate()], args: [{ name: 'rate' }] })
    const both = { prePromotionAnalysis: analysis('0.96'), postPromotionAnalysis: analysis('0.97') }
    const shop = await updating(blueGreen(both))
    await shop.until('done', (rollout) => isHealthy(rollout) && rollout.status?.stableRS !== undefined)
    expect(await valuesOf(['-2-pre', '-2-post'])).toEqual(['0.96', '0.97'])
  })

  it('ANA-1118, BG-73: is aborted before it, and nobody sees the new version', async () => {
    await services()
    await template('smoke', { metrics: [rate()], args: [{ name: 'rate' }] })
    const shop = await updating(blueGreen({ prePromotionAnalysis: analysis('0.1') }))
    await untilAborted(shop)
    expect(shop.story.latest.status?.message).toContain('Blue/green pre-promotion analysis phase error/failed')
    expect(shop.story.latest.status?.blueGreen?.activeSelector).toBe(shop.story.latest.status?.stableRS)
  })

  it('ANA-1119, BG-74: is aborted after it, and the old version serves again', async () => {
    await services()
    await template('smoke', { metrics: [rate()], args: [{ name: 'rate' }] })
    const shop = await updating(blueGreen({ postPromotionAnalysis: analysis('0.1') }))
    await untilAborted(shop)
    await shop.until(
      'switched back',
      ({ status }) => status?.blueGreen?.activeSelector === status?.stableRS && status?.abort === true,
    )
    expect(shop.story.latest.status?.message).toContain('Blue/green post-promotion analysis phase error/failed')
  })

  const valuesOf = async (suffixes: readonly string[]) =>
    Promise.all(
      suffixes.map(async (each) => (await runNamed(each))?.status?.metricResults?.[0]?.measurements?.[0]?.value),
    )
})

describe('an AnalysisRun of nobody', () => {
  const create = (spec: object) =>
    post(world, resources.analysisRuns, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'alone', labels: { app: shopName } },
      spec,
    })

  it('ANA-602, ANA-1009: is measured all the same, and deleted when its time is over', async () => {
    world.startEngine()
    const ttlStrategy = { secondsAfterCompletion: 2 }
    await create({ metrics: [rate()], args: [{ name: 'rate', value: '1' }], ttlStrategy })
    await untilRun('alone', 'Successful')
    await world.eventually('deleted', async () => (await runs()).length === 0)
    expect(await runNamed('alone')).toBeUndefined()
  })

  it('ANA-810: is ended when somebody asks', async () => {
    world.startEngine()
    await create({ metrics: [rate({ interval: '1h' })], args: [{ name: 'rate', value: '1' }] })
    await untilRun('alone', 'Running')
    const path = resourcePath(resources.analysisRuns, { namespace: world.namespace, name: 'alone' })
    await world.send('PATCH', path, {
      body: { spec: { terminate: true } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
    await untilRun('alone', 'Successful')
    expect((await runNamed('alone'))?.status?.message).toBe('Run Terminated')
  })
})
