import { beforeEach, describe, expect, it } from 'vitest'
import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type { Experiment, ExperimentSpec } from '#api/experiment.ts'
import { resourcePath, resources } from '#api/resources.ts'
import type { CanaryStep, ExperimentStep } from '#api/rollout.ts'
import { aWorld, type World } from '#test/support/world.ts'
import { aHealthyShop, canary, objectsOf, post, type Shop, shopName } from './shop.ts'

let world: World
let prometheus: string

beforeEach(async () => {
  world = await aWorld()
  prometheus = await world.prometheus()
})

/** A template whose metric is whatever its analysis says; Prometheus answers a number with that number. */
const smoke = (more: object = {}) =>
  post(world, resources.analysisTemplates, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'smoke' },
    spec: {
      args: [{ name: 'rate' }],
      metrics: [
        {
          name: 'rate',
          successCondition: 'result >= 0.95',
          provider: { prometheus: { address: prometheus, query: '{{args.rate}}' } },
          ...more,
        },
      ],
    },
  })

const analysis = (value: string, more: object = {}) => ({
  name: 'smoke',
  templateName: 'smoke',
  args: [{ name: 'rate', value }],
  ...more,
})

const at = (name: string) => resourcePath(resources.experiments, { namespace: world.namespace, name })
const experiments = () => objectsOf<Experiment>(world, resources.experiments)
const runs = async () =>
  (
    await world.send<{ items: AnalysisRun[] }>(
      'GET',
      resourcePath(resources.analysisRuns, { namespace: world.namespace }),
    )
  ).body.items
const phases = async () => (await experiments()).map(({ status }) => status?.phase ?? '')

const patch = (path: string, body: object) =>
  world.send('PATCH', path, { body, headers: { 'Content-Type': 'application/merge-patch+json' } })

/** Pods that each ReplicaSet of an Experiment has, by what its name ends with. */
async function sizes(): Promise<Readonly<Record<string, number>>> {
  const sets = (await objectsOf<ReplicaSet>(world, resources.replicaSets)).filter(
    ({ metadata }) => metadata.annotations?.['experiment.argoproj.io/name'] !== undefined,
  )
  return Object.fromEntries(
    sets.map(({ metadata, status }) => [
      metadata.annotations?.['experiment.argoproj.io/template-name'] ?? '',
      status?.availableReplicas ?? 0,
    ]),
  )
}

describe('an Experiment of nobody', () => {
  const container = (tag: string) => ({
    name: shopName,
    image: `registry.example/shop:${tag}`,
    ports: [{ containerPort: 8080 }],
  })
  const template = (name: string, tag: string) => ({
    name,
    selector: { matchLabels: { app: shopName, side: name } },
    template: { metadata: { labels: { app: shopName, side: name } }, spec: { containers: [container(tag)] } },
    service: {},
  })
  const create = (spec: Partial<ExperimentSpec>) =>
    post(world, resources.experiments, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: 'try', labels: { app: shopName } },
      spec: { templates: [template('old', '1'), template('new', '2')], scaleDownDelaySeconds: 2, ...spec },
    })
  const read = async () => (await world.send<Experiment>('GET', at('try'))).body
  const until = (phase: string) =>
    world.eventually(`Experiment ${phase}`, async () => (await read()).status?.phase === phase)
  const services = async () =>
    (
      await world.send<{ items: Service[] }>('GET', resourcePath(resources.services, { namespace: world.namespace }))
    ).body.items
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('try-'))

  it('EXP-1201: runs side by side, is measured, and is cleared away', async () => {
    world.startEngine()
    await smoke()
    await create({ duration: '4s', analyses: [analysis('0.97')] })
    await until('Running')
    expect(await sizes()).toEqual({ old: 1, new: 1 })
    expect((await services()).toSorted()).toEqual(['try-new', 'try-old'])
    await until('Successful')
    await world.eventually('cleared away', async () => Object.values(await sizes()).every((pods) => pods === 0))
    await world.eventually('no Service', async () => (await services()).length === 0)
    const { status } = await read()
    expect(status?.templateStatuses?.map(({ status: each }) => each)).toEqual(['Successful', 'Successful'])
    expect(status?.analysisRuns).toMatchObject([{ name: 'smoke', analysisRun: 'try-smoke', phase: 'Successful' }])
    expect(status?.conditions).toMatchObject([{ type: 'Progressing', status: 'False', reason: 'ExperimentCompleted' }])
  })

  it('EXP-605: fails with its analysis, long before its time', async () => {
    world.startEngine()
    await smoke()
    await create({ duration: '1h', analyses: [analysis('0.5')] })
    await until('Failed')
    expect((await read()).status?.message).toBe('Metric "rate" assessed Failed due to failed (1) > failureLimit (0)')
    await world.eventually('cleared away', async () => Object.values(await sizes()).every((pods) => pods === 0))
  })

  it('EXP-606, EXP-1301: is done when the required analysis is, and ends the other one', async () => {
    world.startEngine()
    await smoke({ interval: '1s', count: 2 })
    const endless = analysis('0.99', { name: 'beside', templateName: 'endless' })
    await post(world, resources.analysisTemplates, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name: 'endless' },
      spec: {
        args: [{ name: 'rate' }],
        metrics: [
          {
            name: 'rate',
            interval: '1s',
            provider: { prometheus: { address: prometheus, query: '{{args.rate}}' } },
          },
        ],
      },
    })
    await create({ analyses: [analysis('0.99', { requiredForCompletion: true }), endless] })
    await until('Successful')
    expect((await read()).status?.message).toBe('Required AnalysisRuns completed')
    await world.eventually('ended', async () => (await runs()).every(({ status }) => status?.phase === 'Successful'))
  })

  it('EXP-303, EXP-610: ends when somebody asks', async () => {
    world.startEngine()
    await create({})
    await until('Running')
    await patch(at('try'), { spec: { terminate: true } })
    await until('Successful')
    await world.eventually('cleared away', async () => Object.values(await sizes()).every((pods) => pods === 0))
  })

  it('EXP-413, EXP-1207: fails when its pods never become ready', async () => {
    world.startEngine()
    await create({ templates: [template('new', '2-hang')], progressDeadlineSeconds: 3 })
    await until('Failed')
    expect((await read()).status?.message).toBe("Template 'new' exceeded its progressDeadlineSeconds (3)")
  })

  it('OPS-42: is carried on by whoever comes next', async () => {
    const first = world.startEngine()
    await create({ duration: '4s' })
    await until('Running')
    await first.kill()
    world.startEngine({ identity: 'argosy-other_2' })
    await until('Successful')
    await world.eventually('cleared away', async () => Object.values(await sizes()).every((pods) => pods === 0))
    expect(await sizes()).toEqual({ old: 0, new: 0 })
  })
})

describe('a canary with an experiment step', () => {
  const sides: ExperimentStep = {
    templates: [
      { name: 'baseline', specRef: 'stable', metadata: { labels: { side: 'baseline' } } },
      { name: 'canary', specRef: 'canary', metadata: { labels: { side: 'canary' } } },
    ],
    scaleDownDelaySeconds: 0,
  }
  const updating = async (experiment: ExperimentStep, more: readonly CanaryStep[] = []) => {
    const steps = [{ setWeight: 50 }, { experiment: { ...sides, ...experiment } }, ...more]
    const shop = await aHealthyShop(world, { strategy: canary(steps) })
    await shop.release('2')
    return shop
  }
  const untilRunning = () => world.eventually('an Experiment runs', async () => (await phases()).includes('Running'))
  const nameOf = ({ story }: Shop) => story.latest.status?.canary?.currentExperiment

  it('EXP-803, EXP-902: goes on when it succeeds, and leaves nothing but the record', async () => {
    await smoke()
    const shop = await updating({ duration: '3s', analyses: [analysis('0.99')] })
    await untilRunning()
    const [experiment] = await experiments()
    expect(experiment?.metadata.name).toMatch(/^shop-[a-z0-9]+-2-1$/)
    expect(nameOf(shop)).toBe(experiment?.metadata.name)
    expect(await sizes()).toEqual({ baseline: 1, canary: 1 })
    await shop.untilHealthy()
    await shop.untilPods('2×2')
    expect([await phases(), nameOf(shop)]).toEqual([['Successful'], undefined])
    expect(await sizes()).toEqual({ baseline: 0, canary: 0 })
  })

  it('EXP-901, EXP-905: is aborted when it fails, and goes back', async () => {
    await smoke()
    const shop = await updating({ analyses: [analysis('0.1')] })
    await shop.until('aborted', ({ status }) => status?.abort === true)
    await shop.untilPods('1×2')
    expect(shop.story.latest.status?.message).toBe(
      'RolloutAborted: Rollout aborted update to revision 2: Experiment analysis phase is error/failed: Metric "rate" assessed Failed due to failed (1) > failureLimit (0)',
    )
    expect(await sizes()).toEqual({ baseline: 0, canary: 0 })
  })

  it('EXP-1302, EXP-808: waits for somebody when it cannot tell, makes one more only then, and ends it with the abort', async () => {
    await smoke({ failureCondition: 'result < 0.5' })
    const shop = await updating({ analyses: [analysis('0.7')] })
    await shop.until('paused', ({ status }) => status?.pauseConditions?.[0]?.reason === 'InconclusiveExperiment')
    await world.pass(5000)
    expect(await phases()).toEqual(['Inconclusive'])
    await shop.patchStatus({ pauseConditions: null })
    await world.eventually('another one', async () =>
      (await experiments()).some(({ metadata }) => metadata.name.endsWith('-2-1-1')),
    )
    await shop.until('paused', ({ status }) => status?.pauseConditions?.[0]?.reason === 'InconclusiveExperiment')
    await shop.patchStatus({ abort: true })
    await shop.untilPods('1×2')
    expect(await experiments()).toHaveLength(2)
  })

  it('EXP-901: ends the one that runs when the update is promoted past its step', async () => {
    const shop = await updating({}, [{ pause: {} }])
    await untilRunning()
    await shop.patchStatus({ currentStepIndex: 2 })
    await shop.until('at the pause', ({ status }) => (status?.pauseConditions ?? []).length > 0)
    await world.eventually('ended', async () => (await phases()).every((phase) => phase === 'Successful'))
    expect((await experiments()).map(({ spec }) => spec.terminate)).toEqual([true])
    await world.eventually('cleared away', async () => Object.values(await sizes()).every((pods) => pods === 0))
  })

  it('EXP-507, EVT-15: what its analyses come to is told of the Rollout too', async () => {
    await smoke()
    const shop = await updating({ duration: '2s', analyses: [analysis('0.99')] })
    await shop.untilHealthy()
    const path = resourcePath(resources.events, { namespace: world.namespace })
    const told = async () =>
      (
        await world.send<{ items: { reason?: string; type?: string; involvedObject?: { kind?: string } }[] }>(
          'GET',
          path,
        )
      ).body.items
        .filter(({ reason }) => reason === 'AnalysisRunSuccessful')
        .map(({ involvedObject, type }) => `${involvedObject?.kind} ${type}`)
    await world.eventually('told', async () => (await told()).includes('Rollout Warning'))
    expect(await told()).toContain('Experiment Normal')
  })
})
