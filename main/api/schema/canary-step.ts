import { analysisRunMetadata, dryRun, rolloutAnalysis, rolloutArguments } from './analysis-reference.ts'
import { labelSelector, labelsAndAnnotations } from './pod-template.ts'
import { flag, int32, intOrString, list, map, object, opaque, text } from './schema.ts'

const experimentTemplate = object(
  'One set of pods.',
  {
    metadata: labelsAndAnnotations('Put on its pods, beside what the template says.'),
    name: text('A name that no other set of the experiment has.'),
    replicas: int32('Its pods; 1 when absent.'),
    selector: labelSelector('Its pods, where that of the Rollout does not do.'),
    service: object('Makes a Service for it.', { name: text('The name of the Service; made up when absent.') }),
    specRef: text('canary or stable: whose pod template it has.'),
    weight: int32('Percent of the traffic it gets. Needs a traffic router.'),
  },
  ['name', 'specRef'],
)

const experimentAnalysis = object(
  'One analysis.',
  {
    args: rolloutArguments,
    clusterScope: flag('The template is a ClusterAnalysisTemplate.'),
    name: text('A name that no other analysis of the experiment has.'),
    requiredForCompletion: flag('The experiment goes on until this analysis is done.'),
    templateName: text('The name of the template.'),
  },
  ['name', 'templateName'],
)

const experiment = object(
  'Starts an Experiment and waits for its success.',
  {
    analyses: list('Analyses to run in the meantime.', experimentAnalysis),
    analysisRunMetadata,
    dryRun,
    duration: text('How long it runs, such as 20m; until its required analyses are done when absent.'),
    scaleDownDelaySeconds: int32('Seconds that its pods stay after its end.'),
    templates: list('The sets of pods it starts.', experimentTemplate),
  },
  ['templates'],
)

const stringMatch = (description: string) =>
  object(description, {
    exact: text('Is exactly this.'),
    prefix: text('Begins with this.'),
    regex: text('Matches this regular expression.'),
  })

const setHeaderRoute = object(
  'Sends requests with certain headers to the canary, whatever the weights. Needs a traffic router.',
  {
    match: list(
      'Conditions on headers, all of which must hold; without them the route is removed.',
      object(
        'One condition.',
        {
          headerName: text('The header.'),
          headerValue: stringMatch('What its value must be like: one of these.'),
        },
        ['headerName', 'headerValue'],
      ),
    ),
    name: text('A route named in trafficRouting.managedRoutes.'),
  },
)

const setMirrorRoute = object(
  'Copies requests to the canary, whose answers are thrown away. Needs a traffic router.',
  {
    match: list(
      'Which requests: those for which any of these rules holds. Without rules the route is removed.',
      object('One rule; all that it says must hold.', {
        headers: map('Conditions by header.', stringMatch('What its value must be like: one of these.')),
        method: stringMatch('What the HTTP method must be like.'),
        path: stringMatch('What the path must be like.'),
      }),
    ),
    name: text('A route named in trafficRouting.managedRoutes.'),
    percentage: int32('Percent of the matching requests that are copied; all when absent.'),
  },
  ['name'],
)

export const canaryStep = object('One step. Exactly one of its fields is set.', {
  analysis: rolloutAnalysis('Starts an analysis and waits for its success.'),
  experiment,
  pause: object('Waits.', {
    duration: intOrString('How long: seconds, or a text such as 30m. Until somebody promotes when absent.'),
  }),
  plugin: object(
    'Calls a step plugin of the controller.',
    {
      config: opaque('What the plugin is told. Its form is the plugin’s own.'),
      name: text('The plugin, as the controller is configured.'),
    },
    ['name'],
  ),
  setCanaryScale: object('Sets the number of canary pods apart from the weight. Needs a traffic router.', {
    matchTrafficWeight: flag('As many as the weight asks for again.'),
    replicas: int32('This many pods.'),
    weight: int32('This percentage of the wanted pods.'),
  }),
  setHeaderRoute,
  setMirrorRoute,
  setWeight: int32('Percent of the traffic, or without a traffic router of the pods, that the canary gets.'),
})
