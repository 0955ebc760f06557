import type { RolloutSpec } from '#api/rollout.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import { isEmptySelector } from '../claim.ts'
import { progressDeadlineSecondsOf, replicasOf, revisionHistoryLimitOf } from '../spec-defaults.ts'
import { selectorError } from './selector.ts'
import { forbidden, invalid, required, type SpecRule, sortedMap, unsupported } from './spec-error.ts'

/** API-95…99c, in the order in which they are judged. */
export const specRules: readonly SpecRule<RolloutSpec>[] = [
  (spec) => notNegative('spec.replicas', replicasOf(spec)),
  (spec) =>
    spec.selector === undefined && spec.workloadRef === undefined
      ? required('spec.selector', `Rollout has missing field '.spec.selector'`)
      : undefined,
  ({ selector }) => selector && selectorError(selector, 'spec.selector'),
  (spec) =>
    spec.selector !== undefined && isEmptySelector(spec.selector)
      ? invalid('spec.selector', spec.selector, 'empty selector is invalid for deployment')
      : undefined,
  (spec) =>
    matchesSelector(spec.selector, spec.template?.metadata?.labels)
      ? undefined
      : invalid(
          'spec.template.metadata.labels',
          sortedMap(spec.template?.metadata?.labels),
          '`selector` does not match template `labels`',
        ),
  ({ template }) =>
    (template?.spec?.containers ?? []).length === 0 ? required('spec.template.spec.containers', '') : undefined,
  ({ template }) => {
    for (const [i, { name = '', image = '' }] of (template?.spec?.containers ?? []).entries()) {
      if (name === '') return required(`spec.template.spec.containers[${i}].name`, '')
      if (image === '') return required(`spec.template.spec.containers[${i}].image`, '')
    }
    return undefined
  },
  ({ template }) =>
    (template?.spec?.restartPolicy ?? 'Always') === 'Always'
      ? undefined
      : unsupported('spec.template.spec.restartPolicy', template?.spec?.restartPolicy, 'supported values: "Always"'),
  ({ template }) =>
    template?.spec?.['activeDeadlineSeconds'] === undefined
      ? undefined
      : forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicaSet is not Supported'),
  (spec) => notNegative('spec.minReadySeconds', spec.minReadySeconds ?? 0),
  (spec) => notNegative('spec.revisionHistoryLimit', revisionHistoryLimitOf(spec)),
  (spec) => notNegative('spec.progressDeadlineSeconds', progressDeadlineSecondsOf(spec)),
  (spec) =>
    progressDeadlineSecondsOf(spec) <= (spec.minReadySeconds ?? 0)
      ? invalid('spec.progressDeadlineSeconds', progressDeadlineSecondsOf(spec), 'must be greater than minReadySeconds')
      : undefined,
  ({ strategy }) =>
    strategy?.blueGreen === undefined && strategy?.canary === undefined
      ? required(
          'spec.strategy.strategy',
          `Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'`,
        )
      : undefined,
  ({ strategy }) =>
    strategy?.blueGreen !== undefined && strategy.canary !== undefined
      ? invalid('spec.strategy.strategy', 'blueGreen: true canary: true', 'Multiple Strategies can not be listed')
      : undefined,
]

const notNegative = (path: string, value: number) =>
  value < 0 ? invalid(path, value, 'must be greater than or equal to 0') : undefined
