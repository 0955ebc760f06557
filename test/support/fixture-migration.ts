import type { MigrationPreview, MigrationRunView, MigrationStepView } from '#contract/migration-views.ts'
import type { Input } from '#contract/requests.ts'
import type { RolloutView, WriteView } from '#contract/views.ts'

const write = (method: WriteView['method'], path: string, summary: string, body: object): WriteView => ({
  method,
  path,
  contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  body: JSON.stringify(body),
  kubectl: `kubectl ${method.toLowerCase()} ${path}`,
  because: 'API-13',
  summary,
})

const inOrder = (
  steps: readonly Pick<MigrationStepView, 'summary' | 'write'>[],
  done: number,
): readonly MigrationStepView[] =>
  steps.map((step, index) => ({
    ...step,
    state: index < done ? 'done' : index === done ? 'next' : 'later',
    progress:
      index === done && step.write === undefined ? 'Progressing: 5 of 12 updated replicas are available' : undefined,
  }))

function stepsOf({ action, options }: Input<'migration.preview'>, { name, namespace }: RolloutView) {
  const at = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`
  const scaler = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${name}`
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name }
  if (action === 'backToDeployment')
    return [
      {
        summary: `Tell Rollout ${name} to leave Deployment ${name} and all Services alone`,
        write: write('PATCH', `${at}/${name}`, 'Leave it alone', { spec: { workloadRef: { scaleDown: 'never' } } }),
      },
      { summary: 'Its engine has seen that', write: undefined },
      {
        summary: `Scale Deployment ${name} from 0 to 12`,
        write: write('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, 'Scale', {
          spec: { replicas: 12 },
        }),
      },
      { summary: `All pods of Deployment ${name} are available`, write: undefined },
      {
        summary: `Delete Rollout ${name}, and its pods with it`,
        write: write('DELETE', `${at}/${name}`, 'Delete', { propagationPolicy: 'Background' }),
      },
      { summary: `Rollout ${name} is gone`, write: undefined },
    ]
  const { scaleDown } = options
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace },
    spec: {
      replicas: 12,
      workloadRef: { ...ref, scaleDown },
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } },
    },
  }
  return [
    {
      summary: `Create Rollout ${name}, with the template of Deployment ${name}`,
      write: write('POST', at, 'Create', object),
    },
    {
      summary: `Point HorizontalPodAutoscaler ${name} at Rollout ${name}`,
      write: write('PATCH', scaler, 'Point', { spec: { scaleTargetRef: { kind: 'Rollout', name } } }),
    },
    { summary: `The engine brings up the pods of Rollout ${name}: it is Healthy`, write: undefined },
    { summary: `The engine scales Deployment ${name} to 0`, write: undefined },
  ]
}

/** A Deployment of twelve pods with two Services; in `prod-us-east` nothing may go out, in `prod-ap-ne` it is closed. */
export function migrationPreview(input: Input<'migration.preview'>, view: RolloutView): MigrationPreview {
  const { action, options } = input
  const services = [view.name, `${view.name}-admin-with-a-rather-long-name`]
  if (view.context === 'prod-ap-ne')
    return { open: false, reason: 'Open once it has rolled out: 7 of 12 pods are new', services }
  if (action === 'makeRollout' && options.strategy === 'blueGreen' && options.activeService === '')
    return {
      open: false,
      reason: `Choose the Service that blue-green is to switch (one of: ${services.join(', ')})`,
      services,
    }
  const closed =
    view.context === 'prod-us-east'
      ? { why: 'frozen until 2026-01-20T00:00:00Z: year-end close', until: undefined }
      : undefined
  return {
    open: true,
    seen: `uid-${view.name}`,
    services,
    steps: inOrder(stepsOf(input, view), 0),
    effects:
      action === 'makeRollout'
        ? [
            'The Rollout brings up 12 pods of the same template at once, without steps',
            'Once all of them are available the engine scales the Deployment to 0',
            `Later changes of the Deployment's template go out in steps: ${options.steps}`,
          ]
        : [
            `Deployment ${view.name} brings up 12 pods of the same template, beside those of the Rollout`,
            'Only once all of them are available the Rollout is deleted, with its pods',
          ],
    warnings: [
      'Until the Deployment is at 0 there are up to 24 pods: nodes and quotas need room for 12 more',
      `${view.name} is managed by Argo CD, which may scale it up again: there, leave spec.replicas out and add the Rollout (argosy make-rollout -o yaml prints it)`,
    ],
    guard: { typedName: view.context.startsWith('prod'), again: false, reasonFor: undefined, closed },
  }
}

/** Two steps done, the third under way; a stopped one tells why. */
export const migrationRun = (
  input: Input<'migration.preview'>,
  view: RolloutView,
  state: MigrationRunView['state'],
): MigrationRunView => {
  const steps = stepsOf(input, view)
  return {
    state,
    steps: inOrder(steps, state === 'done' ? steps.length : action(input)),
    refusal:
      state === 'stopped'
        ? {
            kind: 'failed',
            failure: { kind: 'Invalid', message: 'spec.scaleTargetRef is not allowed by policy', causes: [] },
          }
        : undefined,
  }
}

const action = (input: Input<'migration.preview'>): number => (input.action === 'makeRollout' ? 2 : 3)
