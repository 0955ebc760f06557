/** The trigger that an Event with this reason fires (OPS-151): `RolloutStepCompleted` is `on-rollout-step-completed`. */
export const triggerOfReason = (reason: string): string =>
  `on-${reason
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()}`
