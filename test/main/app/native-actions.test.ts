import { describe, expect, it } from 'vitest'
import type { ActionPreview } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { openNativeSettings } from '#main/app/native-settings.ts'
import { noRails } from '#main/guard-settings.ts'
import { aNativeApp, nativeKey as key } from '#test/support/native-app.ts'
import { advanceUntil } from '#test/support/until.ts'

const opened = (previews: readonly ActionPreview[]) => {
  const [preview] = previews
  if (preview?.open !== true) throw new Error(preview?.reason)
  return preview
}

describe('a Deployment in the window', () => {
  it('ACT-12, ACT-15: is rolled back as previewed, and the journal has it', async () => {
    const { clock, fleet, handlers, answer, deployment } = await aNativeApp()
    await advanceUntil(clock, 'shown', () => fleet.view(key) !== undefined)
    expect(fleet.view(key)).toMatchObject({ status: 'Healthy', version: '2', revision: 2 })
    const detail = await answer(handlers['workload.detail']({ key }))
    expect(detail).toMatchObject({
      ok: true,
      value: {
        revisions: [
          { revision: 2, isCurrent: true, ready: 2 },
          { revision: 1, undo: { open: true } },
        ],
      },
    })
    expect(detail.ok && detail.value.pods).toHaveLength(2)

    const wish = { action: 'undo', parameters: {} } as const
    const preview = opened(await answer(handlers['action.preview']({ ...wish, targets: [key] })))
    expect(preview.writes[0]).toMatchObject({ method: 'PATCH', contentType: 'application/json-patch+json' })
    const target = { key, intent: preview.intent }
    const sent = await answer(handlers['action.send']({ ...wish, targets: [target], reason: 'slow' }))
    expect(sent).toMatchObject([{ sent: true, message: "deployment 'web' rolled back" }])
    expect(deployment()?.spec.template.spec?.containers[0]?.image).toBe('registry.test/web:1')

    const again = await answer(handlers['action.send']({ ...wish, targets: [target], reason: '' }))
    expect(again).toMatchObject([
      { sent: false, refusal: { kind: 'movedOn', changed: ['its pod template is another'] } },
    ])
    const journal = await answer(handlers['history.actions']({ limit: 10 }))
    expect(journal).toMatchObject({
      value: [
        { key, name: 'web', action: 'undo', sent: false },
        { key, action: 'undo', reason: 'slow', sent: true },
      ],
    })
  })

  it('is paused, resumed and restarted', async () => {
    const { clock, fleet, handlers, answer, deployment } = await aNativeApp()
    await advanceUntil(clock, 'shown', () => fleet.view(key) !== undefined)
    for (const action of ['pause', 'resume', 'restart'] as const) {
      const { intent } = opened(await answer(handlers['action.preview']({ action, targets: [key], parameters: {} })))
      const targets = [{ key, intent }]
      const [sent] = await answer(handlers['action.send']({ action, targets, parameters: {}, reason: '' }))
      expect(sent).toMatchObject({ sent: true })
      expect(deployment()?.spec.paused === true).toBe(action === 'pause')
    }
    expect(deployment()?.spec.template.metadata?.annotations).toHaveProperty(['kubectl.kubernetes.io/restartedAt'])
  })

  it('UI-ACT-2: the rails stand around it as around a Rollout', async () => {
    const { clock, fleet, handlers, answer, deployment } = await aNativeApp(undefined, {
      ...noRails,
      isProtected: true,
    })
    await advanceUntil(clock, 'shown', () => fleet.view(key) !== undefined)
    const wish = { action: 'restart', parameters: {} } as const
    const preview = opened(await answer(handlers['action.preview']({ ...wish, targets: [key] })))
    expect(preview.guard).toMatchObject({ typedName: true })
    const sending = { ...wish, targets: [{ key, intent: preview.intent }], reason: '' }
    const reason = expect.stringContaining('confirm it by its name, eu')
    expect(await answer(handlers['action.send'](sending))).toMatchObject([{ refusal: { kind: 'notOpen', reason } }])
    expect(deployment()?.spec.template.metadata?.annotations).toBeUndefined()
    const sent = await answer(handlers['action.send']({ ...sending, assurance: { typed: 'eu' } }))
    expect(sent).toMatchObject([{ sent: true }])
    expect(await answer(handlers['history.actions']({ limit: 1 }))).toMatchObject({
      value: [{ sent: true, user: 'sandbox-admin' }],
    })
  })

  it('ACT-14: who may not patch it is told so on the board and in the preview', async () => {
    const { clock, fleet, handlers, answer } = await aNativeApp([
      { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] },
    ])
    const reason = 'needs patch on deployments.apps in namespace default'
    await advanceUntil(clock, 'shut', () => fleet.view(key)?.actions.restart.open === false)
    expect(fleet.view(key)?.actions.restart).toEqual({ open: false, reason })
    const previews = await answer(handlers['action.preview']({ action: 'restart', targets: [key], parameters: {} }))
    expect(previews).toEqual([{ key, open: false, reason }])
  })

  it('whose kind may not be listed hides nothing else', async () => {
    const resourcesSeen = ['rollouts', 'replicasets', 'pods', 'services', 'statefulsets', 'leases', 'events']
    const { clock, fleet, sessions } = await aNativeApp([
      { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: resourcesSeen },
    ])
    await advanceUntil(clock, 'refused', () => fleet.natives('eu').state === 'forbidden')
    expect(sessions.views()[0]).toMatchObject({ connection: { state: 'connected' }, natives: { state: 'forbidden' } })
  })

  it('stays off the board once it was taken off', async () => {
    const { clock, folder, fleet, handlers } = await aNativeApp()
    await advanceUntil(clock, 'shown', () => fleet.view(key) !== undefined)
    expect(await handlers['workloads.show']({ context: 'eu', shown: false })).toMatchObject({ ok: true })
    await advanceUntil(clock, 'hidden', () => fleet.view(key) === undefined)
    expect(openNativeSettings(folder, silentLog).shows('eu')).toBe(false)
    expect(await handlers['workloads.show']({ context: 'us', shown: true })).toMatchObject({ ok: false })
  })
})
