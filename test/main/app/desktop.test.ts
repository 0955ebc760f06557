import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { resourcePath, resources } from '#api/resources.ts'
import { silentLog } from '#lib/log.ts'
import { Sessions } from '#main/app/sessions.ts'
import { usualTraffic } from '#main/cluster-settings.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { noRails } from '#main/guard-settings.ts'
import { aFolder } from '#test/support/cli-fleet.ts'
import { someSettings } from '#test/support/measuring.ts'
import { aSandbox } from '#test/support/sandbox.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

it('OPS-127, OPS-170: what a driven cluster has to say comes to the desktop', async () => {
  const clock = new VirtualClock()
  const sandbox = await aSandbox(clock)
  const path = join(aFolder(), 'kubeconfig')
  writeFileSync(path, sandbox.kubeconfig)
  const fleet = createFleetSource({ clock })
  const shown: string[] = []
  const sessions = new Sessions({
    onWrite: () => undefined,
    rails: () => noRails,
    paths: [path],
    sandbox: true,
    clock,
    log: silentLog,
    fleet,
    metricSettings: () => someSettings(),
    trafficSettings: () => usualTraffic,
    tell: () => undefined,
    desktop: (title, body) => void shown.push(`${title}: ${body}`),
  })
  onTestFinished(async () => {
    let isStopped = false
    void sessions.stop().then(() => {
      isStopped = true
    })
    await advanceUntil(clock, 'the sessions have ended', () => isStopped)
    fleet.stop()
    await sandbox.stop()
  })
  await sandbox.send('POST', resourcePath(resources.configMaps, { namespace: 'argo-rollouts' }), {
    body: {
      metadata: { name: 'argo-rollouts-notification-configmap' },
      data: {
        'service.desktop': '{}',
        'trigger.on-rollout-completed': '[{send: [done]}]',
        'template.done': '{message: "{{.rollout.metadata.name}} is done", desktop: {title: "{{.serviceType}}"}}',
        subscriptions: '[{recipients: [desktop], triggers: [on-rollout-completed]}]',
      },
    },
  })
  await sandbox.send('POST', resourcePath(resources.rollouts, { namespace: 'default' }), {
    body: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'shop' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'shop' } },
        strategy: { canary: {} },
        template: {
          metadata: { labels: { app: 'shop' } },
          spec: { containers: [{ name: 'shop', image: 'registry.example/shop:1' }] },
        },
      },
    },
  })
  sessions.start()
  await advanceUntil(clock, 'shown', () => shown.length > 0)
  expect(shown).toEqual(['desktop: shop is done'])
  const { engine } = sessions.get('harbor-1') ?? {}
  await advanceUntil(clock, 'counted', () => engine?.notified.length === 1)
  expect(engine?.notified).toEqual([
    { namespace: 'default', name: 'shop', type: 'Normal', reason: 'RolloutCompleted', sent: 1, failed: 0 },
  ])
})
