import type { Rollout } from '#api/rollout.ts'

/** Names of the Services the strategy refers to, each once. */
export function serviceNames(rollout: Rollout): readonly string[] {
  const { canary, blueGreen } = rollout.spec?.strategy ?? {}
  const names = [
    canary?.canaryService,
    canary?.stableService,
    canary?.pingPong?.pingService,
    canary?.pingPong?.pongService,
    blueGreen?.activeService,
    blueGreen?.previewService,
  ]
  return [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[]
}
