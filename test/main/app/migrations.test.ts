import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import { rolloutKey } from '#contract/keys.ts'
import { usualMigration } from '#contract/migration-views.ts'
import { workloadProgress } from '#engine/workload/progress.ts'
import { noRails } from '#main/guard-settings.ts'
import { aNativeApp, nativeKey } from '#test/support/native-app.ts'
import { advanceUntil } from '#test/support/until.ts'
import { T0 } from '#test/support/virtual-clock.ts'

type App = Awaited<ReturnType<typeof aNativeApp>>
const there = { action: 'makeRollout', key: nativeKey, options: usualMigration } as const
const back = {
  action: 'backToDeployment',
  key: rolloutKey({ context: 'eu', namespace: 'default', name: 'web' }),
  options: usualMigration,
} as const

async function aDrivenApp(rails = noRails) {
  const app = await aNativeApp(undefined, rails)
  const { clock, fleet, handlers, answer, sessions } = app
  await advanceUntil(clock, 'shown', () => fleet.view(nativeKey) !== undefined)
  await answer(handlers['cluster.drive']({ context: 'eu', drive: true }))
  await advanceUntil(clock, 'driven', () => sessions.views()[0]?.engine === 'driven')
  return app
}
const previewed = async ({ handlers, answer }: App, wish: typeof there | typeof back) => {
  const preview = await answer(handlers['migration.preview'](wish))
  if (!preview.open) throw new Error(preview.reason)
  return preview
}

describe('a Deployment becomes a Rollout in the window', { timeout: 60_000 }, () => {
  it('ACT-15: there and back, while nobody looks, and both are in the history', async () => {
    const app = await aDrivenApp()
    const { clock, fleet, handlers, answer, deployment } = app
    const shown = await previewed(app, there)
    expect(shown).toMatchObject({ guard: { typedName: false }, steps: [{ state: 'next' }, {}, {}] })
    expect(await handlers['migration.state']({ key: there.key })).toBeNull()
    const begun = await answer(handlers['migration.begin']({ ...there, seen: shown.seen, reason: 'steps' }))
    expect(begun).toEqual({ ok: true, value: undefined })
    const stateOf = async (key: string) => handlers['migration.state']({ key })
    let state = await stateOf(there.key)
    expect(state).toMatchObject({ state: 'running' })
    const twice = await answer(handlers['migration.begin']({ ...there, seen: shown.seen, reason: '' }))
    expect(twice).toMatchObject({ ok: false, error: { kind: 'notOpen', reason: 'It is under way' } })
    const ends = async (key: string) => {
      await advanceUntil(clock, 'ended', () => {
        void stateOf(key).then((view) => {
          state = view
        })
        return state?.state === 'done'
      })
    }
    await ends(there.key)
    expect(state?.steps.map((step) => step.state)).toEqual(['done', 'done', 'done'])
    expect(deployment()?.spec.replicas).toBe(0)
    await advanceUntil(clock, 'on the board', () => fleet.view(back.key)?.lentBy === 'web')
    expect(fleet.view(nativeKey)).toBeUndefined()

    const returning = await previewed(app, back)
    await answer(handlers['migration.begin']({ ...back, seen: returning.seen, reason: '' }))
    state = null
    await ends(back.key)
    expect(deployment()?.status).toMatchObject({ availableReplicas: 2 })
    await advanceUntil(clock, 'a Deployment again', () => fleet.view(nativeKey) !== undefined)
    expect(await answer(handlers['history.actions']({ limit: 10, name: 'web' }))).toMatchObject({
      value: [
        { action: 'backToDeployment', sent: true, key: back.key },
        { action: 'makeRollout', sent: true, reason: 'steps', user: 'sandbox-admin', key: there.key },
      ],
    })
  })

  it('UI-ACT-2: a protected context takes its name, and a freeze is told', async () => {
    const freeze = { from: 0, until: T0 + 3_600_000, reason: 'peak' }
    const app = await aDrivenApp({ ...noRails, isProtected: true, freezes: [freeze] })
    const { handlers, answer } = app
    const { seen, guard } = await previewed(app, there)
    expect(guard).toMatchObject({ typedName: true, closed: { why: expect.stringContaining('peak') } })
    const wish = { ...there, seen, reason: 'must' }
    expect(await answer(handlers['migration.begin'](wish))).toMatchObject({ ok: false, error: { kind: 'notOpen' } })
    const unnamed = await answer(handlers['migration.begin']({ ...wish, assurance: { breakGlass: true } }))
    expect(unnamed).toMatchObject({ error: { reason: expect.stringContaining('confirm it by its name') } })
    const assurance = { breakGlass: true, typed: 'eu' }
    expect(await answer(handlers['migration.begin']({ ...wish, assurance }))).toMatchObject({ ok: true })
  })

  it('ACT-12: what is another one by now does not begin', async () => {
    const { handlers, answer, clock, fleet, store, deployment } = await aNativeApp()
    await advanceUntil(clock, 'shown', () => fleet.view(nativeKey) !== undefined)
    const { seen } = await previewed({ handlers, answer } as App, there)
    store.mutate(resources.deployments, { namespace: 'default', name: 'web' }, (draft: Deployment) => ({
      ...draft,
      spec: { ...draft.spec, template: { ...draft.spec.template, metadata: { labels: { app: 'web', tier: 'b' } } } },
    }))
    await clock.advance(1000)
    await advanceUntil(clock, 'rolled out', () => workloadProgress(deployment() as Deployment).phase === 'Healthy')
    expect(await answer(handlers['migration.begin']({ ...there, seen, reason: '' }))).toMatchObject({
      ok: false,
      error: { kind: 'movedOn' },
    })
  })

  it('only a Deployment becomes one, and only a Rollout goes back', async () => {
    const { handlers, answer } = await aNativeApp()
    expect(await answer(handlers['migration.preview']({ ...there, action: 'backToDeployment' }))).toMatchObject({
      open: false,
    })
    expect(await answer(handlers['migration.preview']({ ...there, key: 'us/default/web/Deployment' }))).toMatchObject({
      open: false,
      reason: 'Its cluster is not in the kubeconfig any more.',
    })
  })

  it('ACT-14: who may not create Rollouts is told so', async () => {
    const { handlers, answer } = await aNativeApp([
      { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] },
    ])
    expect(await answer(handlers['migration.preview'](there))).toMatchObject({
      open: false,
      reason: 'needs create on rollouts in namespace default',
    })
  })
})
