import { describe, expect, it } from 'vitest'
import { annotations } from '#api/keys.ts'
import { targetRollout } from '#engine/migration/migration.ts'
import { migrationManifest, previewMigration } from '#main/controller/migrate.ts'
import { aMigrationStage, migrationOn, noGuard } from '#test/support/migration-stage.ts'

describe('a Deployment that is to become a Rollout', { timeout: 60_000 }, () => {
  it('what the API server would refuse is told before anything is sent', async () => {
    const stage = await aMigrationStage()
    const { there } = migrationOn(stage, { name: 'Not_A_Name' })
    const shown = await stage.settle(previewMigration({ ...there, guard: noGuard }))
    expect(shown).toMatchObject({ open: false, reason: expect.stringContaining('it would be refused') })
    const unread = migrationOn(stage, { steps: 'soon' }).there
    expect(await stage.settle(previewMigration({ ...unread, guard: noGuard }))).toMatchObject({
      open: false,
      reason: '"soon" is no step: a weight from 0 to 100, pause, or pause:10m is expected',
    })
  })

  it('for Git: the Rollout without what is only of this cluster, and what scales it', async () => {
    const stage = await aMigrationStage()
    const objects = await stage.settle(migrationManifest(migrationOn(stage).there))
    expect(objects).toMatchObject({
      ok: true,
      value: [
        { kind: 'Rollout', metadata: { name: 'web' }, spec: { workloadRef: { name: 'web' } } },
        { kind: 'HorizontalPodAutoscaler', spec: { scaleTargetRef: targetRollout('web'), minReplicas: 3 } },
      ],
    })
    expect(JSON.stringify(objects)).not.toContain(annotations.madeFrom)
  })
})
