import type { DrivePreviewView, HolderView } from '#contract/ownership-views.ts'

const names = ['checkout-api', 'payments-ledger-reconciliation-worker', '支付网关-灰度验证服务']

const annasLaptop = (now: number): HolderView => ({
  identity: 'argosy-anna-laptop_5f0c',
  host: 'anna-laptop',
  since: now - 7_200_000,
  kind: 'argosy',
})
const controller = (now: number): HolderView => ({
  identity: 'argo-rollouts-6b7d8c9f5-x2k8p_0b3f',
  host: undefined,
  since: now - 86_400_000,
  kind: 'controller',
})

/** Three rollouts in the middle of an update, among twelve. */
export function drivePreview(context: string, drive: boolean, now: number): DrivePreviewView {
  return {
    context,
    drive,
    rollouts: 12,
    phases: { Healthy: 8, Progressing: 1, Paused: 2, Degraded: 1 },
    updating: names.map((name, index) => ({
      namespace: 'shop',
      name,
      phase: index === 0 ? 'Progressing' : 'Paused',
      message: index === 0 ? 'more replicas need to be updated' : 'CanaryPauseStep',
      step: { done: index + 1, of: 8 },
      waitsForPerson: index === 1,
    })),
    updatingCount: 3,
    writes: drive
      ? names.slice(0, 2).map((name, index) => ({
          at: now + index * 20_000,
          rollout: `shop/${name}`,
          summary: `Scale up ReplicaSet ${name}-7d9f from 2 to 3`,
          because: 'CAN-33',
          verb: 'patch',
          kind: 'ReplicaSet',
          name: `${name}-7d9f`,
        }))
      : [],
    writeCount: drive ? 2 : 0,
    unforeseen: drive ? ['shop/search-index'] : [],
    next: drive
      ? {
          how: 'waits',
          holder: context === 'prod-us-west' ? controller(now) : annasLaptop(now),
        }
      : { how: 'controller', controller: 'argo-rollouts/argo-rollouts' },
  }
}
