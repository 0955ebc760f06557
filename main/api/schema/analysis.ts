import { analysisArguments, dryRun, measurementRetention, templateReferences } from './analysis-reference.ts'
import { provider } from './metric-providers.ts'
import { flag, int32, intOrString, list, map, object, type Schema, text, time } from './schema.ts'

const metrics = list(
  'What is measured.',
  object(
    'One metric.',
    {
      consecutiveErrorLimit: intOrString('Measurements in a row that may fail to be made; 4 when absent.'),
      consecutiveSuccessLimit: intOrString('Successes in a row that are enough.'),
      count: intOrString('Measurements to make; without it one, or without end if there is an interval.'),
      failureCondition: text('An expression over result that is true when a measurement has failed.'),
      failureLimit: intOrString('Failed measurements that are put up with; 0 when absent, -1 for any number.'),
      inconclusiveLimit: intOrString('Inconclusive measurements that are put up with; 0 when absent.'),
      initialDelay: text('How long to wait before the first measurement, such as 5m.'),
      interval: text('The time between measurements, such as 1m.'),
      name: text('Its name.'),
      provider,
      successCondition: text('An expression over result that is true when a measurement has succeeded.'),
    },
    ['name', 'provider'],
  ),
)

const settings = { args: analysisArguments, dryRun, measurementRetention, metrics }

export const analysisTemplateSpec: Schema = object('What an analysis made from it does.', {
  ...settings,
  templates: templateReferences('Other templates whose metrics are measured too.'),
})

export const analysisRunSpec: Schema = object(
  'What this analysis does.',
  {
    ...settings,
    terminate: flag('Ends the analysis now.'),
    ttlStrategy: object('Deletes the AnalysisRun some time after its end.', {
      secondsAfterCompletion: int32('Seconds, however it ended.'),
      secondsAfterFailure: int32('Seconds if it failed; wins over secondsAfterCompletion.'),
      secondsAfterSuccess: int32('Seconds if it succeeded; wins over secondsAfterCompletion.'),
    }),
  },
  ['metrics'],
)

const counts = {
  count: int32('Measurements, without those that could not be made.'),
  error: int32('Those that could not be made.'),
  failed: int32('Those that failed.'),
  inconclusive: int32('Those that neither succeeded nor failed.'),
  successful: int32('Those that succeeded.'),
}

const summary = (description: string) =>
  object(description, {
    count: int32('Metrics.'),
    error: int32('Those that could not be measured.'),
    failed: int32('Those that failed.'),
    inconclusive: int32('Those that neither succeeded nor failed.'),
    successful: int32('Those that succeeded.'),
  })

const measurements = list(
  'The newest measurements.',
  object(
    'One measurement.',
    {
      finishedAt: time('When it was done.'),
      message: text('What went wrong.'),
      metadata: map('What the provider says beside the value.'),
      phase: text('Its outcome.'),
      resumeAt: time('When to look again whether it is done.'),
      startedAt: time('When it began.'),
      value: text('What was measured.'),
    },
    ['phase'],
  ),
)

const metricResults = list(
  'How each metric does.',
  object(
    'One metric.',
    {
      ...counts,
      consecutiveError: int32('Measurements in a row, up to the last, that could not be made.'),
      consecutiveSuccess: int32('Measurements in a row, up to the last, that succeeded.'),
      dryRun: flag('Its outcome decides nothing.'),
      measurements,
      message: text('Why phase is what it is.'),
      metadata: map('What the provider says of the metric.'),
      name: text('Its name.'),
      phase: text('Its outcome so far.'),
    },
    ['name', 'phase'],
  ),
)

export const analysisRunStatus: Schema = object(
  'How the analysis does.',
  {
    completedAt: time('When it ended.'),
    dryRunSummary: summary('Outcomes of the metrics that decide nothing.'),
    message: text('Why phase is what it is.'),
    metricResults,
    phase: text('Pending, Running, Successful, Failed, Error or Inconclusive.'),
    runSummary: summary('Outcomes of the metrics that decide.'),
    startedAt: time('When it began.'),
  },
  ['phase'],
)
