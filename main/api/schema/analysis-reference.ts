import { labelsAndAnnotations } from './pod-template.ts'
import { flag, int32, list, object, type Schema, text } from './schema.ts'

/* How rollouts and experiments ask for an analysis. */

const fieldRef = object(
  'Takes the value from a field of the object that starts the analysis.',
  {
    fieldPath: text("Where the field is, such as metadata.labels['region']."),
  },
  ['fieldPath'],
)

/** Arguments as a Rollout writes them: a value, a field of the Rollout, or the hash of one of its pod templates. */
export const rolloutArguments: Schema = list(
  'Values for the arguments of the templates.',
  object(
    'One argument.',
    {
      name: text('The argument this is the value of.'),
      value: text('The value itself.'),
      valueFrom: object('Where the value comes from when it is not written out.', {
        fieldRef,
        podTemplateHashValue: text('Latest or Stable: the pod template hash of that ReplicaSet.'),
      }),
    },
    ['name'],
  ),
)

/** Arguments as an analysis has them: a value, a field, or an entry of a Secret. */
export const analysisArguments: Schema = list(
  'The arguments that metrics may use; those without a value must be given one by who starts the analysis.',
  object(
    'One argument.',
    {
      name: text('What metrics call it: {{args.name}}.'),
      value: text('The value itself.'),
      valueFrom: object('Where the value comes from when it is not written out.', {
        fieldRef,
        secretKeyRef: object(
          'Takes the value from a Secret; it is read at each measurement and never stored.',
          {
            key: text('The entry of the Secret.'),
            name: text('The name of the Secret.'),
          },
          ['key', 'name'],
        ),
      }),
    },
    ['name'],
  ),
)

export const dryRun: Schema = list(
  'Metrics that are measured and shown, but whose outcome decides nothing.',
  object(
    'One metric, or several.',
    {
      metricName: text('A metric by name; * for all of them.'),
    },
    ['metricName'],
  ),
)

export const measurementRetention: Schema = list(
  'How many measurements to keep of which metric.',
  object(
    'The limit of one metric, or of several.',
    {
      limit: int32('The newest measurements that are kept.'),
      metricName: text('A metric by name; * for all of them.'),
    },
    ['limit', 'metricName'],
  ),
)

export const analysisRunMetadata: Schema = labelsAndAnnotations('Metadata for the AnalysisRuns that are started.')

export const templateReferences = (description: string): Schema =>
  list(
    description,
    object('One template.', {
      clusterScope: flag('The template is a ClusterAnalysisTemplate.'),
      templateName: text('The name of the template.'),
    }),
  )

const rolloutAnalysisFields = {
  analysisRunMetadata,
  args: rolloutArguments,
  dryRun,
  measurementRetention,
  templates: templateReferences('The templates whose metrics are measured, in one AnalysisRun.'),
}

export const rolloutAnalysis = (description: string): Schema => object(description, rolloutAnalysisFields)

export const backgroundAnalysis = (description: string): Schema =>
  object(description, {
    ...rolloutAnalysisFields,
    startingStep: int32('The step, counted from 0, at which the analysis begins; at once when absent.'),
  })
