import { describe, expect, it } from 'vitest'
import { annotations, labels } from '#api/keys.ts'
import { targetDeployment, targetRollout } from '#engine/migration/migration.ts'
import { success } from '#lib/outcome.ts'
import { carryOut } from '#main/controller/carry-migration.ts'
import { type Migration, previewMigration } from '#main/controller/migrate.ts'
import { aMigrationStage, migrationOn, noGuard, type Stage } from '#test/support/migration-stage.ts'

const carrying = (patienceMs = 60_000, signal = new AbortController().signal) => ({
  ...{ reason: 'try it', heldBack: () => undefined, signal, patienceMs },
})
const hashOf = (stage: Stage) => stage.service()?.spec?.selector?.[labels.podTemplateHash]

describe('a Deployment becomes a Rollout and goes back, under load', { timeout: 60_000 }, () => {
  it.each(['onsuccess', 'progressively'] as const)(
    'REC-84, REC-85: %s: as previewed, with its scaler, and never with fewer pods than wanted',
    async (scaleDown) => {
      const stage = await aMigrationStage()
      const { there, back } = migrationOn(stage, { scaleDown })
      const shown = await stage.settle(previewMigration({ ...there, guard: noGuard }))
      if (!shown.open) throw new Error(shown.reason)
      expect(shown.steps.map(({ state, write }) => [state, write?.method])).toEqual([
        ['next', 'POST'],
        ['later', 'PATCH'],
        ['later', undefined],
        ['later', undefined],
      ])
      expect([stage.rollout(), stage.autoscaler()?.spec.scaleTargetRef]).toEqual([undefined, targetDeployment('web')])

      const made = await stage.settle(carryOut(there, { ...carrying(), seen: shown.seen }))
      expect(made.outcome).toEqual({ ok: true, value: { message: "rollout 'web' made of deployment 'web'" } })
      expect(made.sent.map(({ body }) => body)).toEqual(shown.steps.flatMap(({ write }) => write?.body ?? []))
      expect(stage.deployment()?.spec.replicas).toBe(0)
      expect(stage.pods()).toBe(3)
      expect(stage.rollout()?.status).toMatchObject({ phase: 'Healthy', availableReplicas: 3 })
      expect(stage.autoscaler()?.spec.scaleTargetRef).toEqual(targetRollout('web'))
      expect(stage.fewest()).toBe(3)

      const gone = await stage.settle(carryOut(back, carrying()))
      expect(gone.outcome).toMatchObject({ ok: true })
      expect(gone.sent.map(({ method, path }) => `${method} ${path.split('?')[0]?.split('/').at(-2)}`)).toEqual([
        'PATCH rollouts',
        'PATCH deployments',
        'PATCH horizontalpodautoscalers',
        'DELETE rollouts',
      ])
      expect(stage.rollout()).toBeUndefined()
      expect(stage.deployment()?.status).toMatchObject({ availableReplicas: 3 })
      expect(stage.autoscaler()?.spec.scaleTargetRef).toEqual(targetDeployment('web'))
      await stage.pass()
      expect([stage.fewest(), stage.pods(), stage.deployment()?.spec.replicas]).toEqual([3, 3, 3])
    },
  )

  it.each(['onsuccess', 'progressively'] as const)(
    'REC-14: blue-green, %s: its Service reaches pods all the way, there and back',
    async (scaleDown) => {
      const stage = await aMigrationStage()
      const { there, back } = migrationOn(stage, { strategy: 'blueGreen', activeService: 'web', scaleDown })
      expect((await stage.settle(carryOut(there, carrying()))).outcome).toMatchObject({ ok: true })
      expect(hashOf(stage)).toBe(stage.rollout()?.status?.currentPodHash)
      expect(stage.service()?.metadata.annotations).toMatchObject({ [annotations.managedByRollouts]: 'web' })

      stage.setImage('registry.test/web:2')
      await stage.pass(() => (stage.rollout()?.status?.pauseConditions ?? []).length > 0)
      const shut = await stage.settle(carryOut(back, carrying()))
      expect(shut).toMatchObject({
        sent: [],
        outcome: { error: { kind: 'notOpen', reason: expect.stringContaining('on trial') } },
      })
      stage.setImage('registry.test/web:1')
      await stage.pass()
      expect((await stage.settle(carryOut(back, carrying()))).outcome).toMatchObject({ ok: true })
      expect(hashOf(stage)).toBeUndefined()
      expect(stage.service()?.metadata.annotations?.[annotations.managedByRollouts]).toBeUndefined()
      expect([stage.fewest(), stage.rollout(), stage.deployment()?.status?.availableReplicas]).toEqual([
        3,
        undefined,
        3,
      ])
    },
  )

  it('with an update by steps in between, of which the way back keeps the version', async () => {
    const stage = await aMigrationStage()
    const { there, back } = migrationOn(stage, { steps: '50,pause:30s' })
    expect((await stage.settle(carryOut(there, carrying()))).outcome).toMatchObject({ ok: true })
    stage.setImage('registry.test/web:2')
    await stage.pass(() => stage.rollout()?.status?.currentStepIndex === 1)
    expect(stage.rollout()?.status?.stableRS).not.toBe(stage.rollout()?.status?.currentPodHash)
    await stage.pass()
    expect((await stage.settle(carryOut(back, carrying()))).outcome).toMatchObject({ ok: true })
    expect(stage.deployment()?.spec.template.spec?.containers[0]?.image).toBe('registry.test/web:2')
    expect([stage.deployment()?.status?.availableReplicas, stage.fewest()]).toEqual([3, 3])
  })

  it('ACT-12: is refused when another template was seen, and when a rail stands in the way', async () => {
    const stage = await aMigrationStage()
    const { there } = migrationOn(stage)
    const other = await stage.settle(carryOut(there, { ...carrying(), seen: 'another' }))
    expect(other).toMatchObject({ sent: [], outcome: { error: { kind: 'movedOn' } } })
    const held = await stage.settle(carryOut(there, { ...carrying(), heldBack: () => 'frozen' }))
    expect(held).toMatchObject({ sent: [], outcome: { error: { kind: 'notOpen', reason: 'frozen' } } })
    expect(stage.rollout()).toBeUndefined()
  })

  it('is stopped in the middle, and whoever asks again goes on from there', async () => {
    const stage = await aMigrationStage()
    const { there, back } = migrationOn(stage)
    const stopping = new AbortController()
    const stopped = carryOut(there, {
      ...carrying(60_000, stopping.signal),
      onSteps: (steps) => steps[1]?.state === 'done' && stopping.abort(),
    })
    expect((await stage.settle(stopped)).outcome).toMatchObject({ error: { kind: 'waits', reason: 'it was stopped' } })
    const onward = await stage.settle(carryOut(there, carrying()))
    expect(onward).toMatchObject({ sent: [], outcome: { ok: true } })

    const halting = new AbortController()
    const halted = carryOut(back, {
      ...carrying(60_000, halting.signal),
      onSteps: (steps) => steps[2]?.state === 'done' && halting.abort(),
    })
    expect((await stage.settle(halted)).outcome).toMatchObject({ error: { kind: 'waits' } })
    expect(stage.rollout()).toBeDefined()
    const end = await stage.settle(carryOut(back, carrying()))
    expect(end.outcome).toMatchObject({ ok: true })
    expect(end.sent.map(({ method }) => method)).toEqual(['PATCH', 'DELETE'])
    expect(stage.fewest()).toBe(3)
  })

  it('where nobody drives it says so, waits, and can be taken back', async () => {
    const stage = await aMigrationStage({ driven: false })
    const { there, back } = migrationOn(stage, {}, 'nobody')
    const shown = await stage.settle(previewMigration({ ...there, guard: noGuard }))
    expect(shown.open && shown.warnings[0]).toContain('No engine drives Rollouts here')
    const made = await stage.settle(carryOut(there, carrying(5000)))
    expect(made.outcome).toMatchObject({
      error: { kind: 'waits', reason: expect.stringContaining('(no engine has seen it yet)') },
    })
    expect(stage.deployment()?.status).toMatchObject({ availableReplicas: 3 })
    const gone = await stage.settle(carryOut(back, carrying()))
    expect(gone.outcome).toMatchObject({ ok: true })
    expect([stage.fewest(), stage.rollout(), stage.deployment()?.spec.replicas]).toEqual([3, undefined, 3])
  })

  it('what would be refused on the way is found before anything is sent', async () => {
    const stage = await aMigrationStage()
    const { there } = migrationOn(stage)
    const canI: NonNullable<Migration['canI']> = async ({ resource }) =>
      success(resource.kind !== 'HorizontalPodAutoscaler')
    expect(await stage.settle(carryOut({ ...there, canI }, carrying()))).toMatchObject({
      sent: [],
      outcome: {
        error: {
          kind: 'notOpen',
          reason: 'needs patch on horizontalpodautoscalers.autoscaling in namespace default',
        },
      },
    })
    const { there: misnamed } = migrationOn(stage, { name: 'Not_A_Name' })
    expect(await stage.settle(carryOut(misnamed, carrying()))).toMatchObject({
      sent: [],
      outcome: { error: { kind: 'notOpen', reason: expect.stringContaining('it would be refused') } },
    })
    expect(stage.rollout()).toBeUndefined()
  })
})
