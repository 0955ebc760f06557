import type { GetMetricDataCommandOutput, MessageData, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import { formatValue, type Value } from '#engine/expr/values.ts'
import type { Reading } from '../provider.ts'

/**
 * What conditions see of an answer, under the names of AWS (PRV-903), and the values alone as Go prints them (PRV-904). In the
 * order of AWS, newest first.
 */
export function readingOf({ MetricDataResults = [], Messages = [] }: GetMetricDataCommandOutput): Reading {
  return {
    result: MetricDataResults.map(resultOf),
    value: formatValue(MetricDataResults.map(valuesOf)),
    ...(Messages.length > 0 && { metadata: { messages: Messages.map(messageText).join(', ') } }),
  }
}

const resultOf = (each: MetricDataResult): Value =>
  new Map<string, Value>([
    ['Id', each.Id ?? null],
    ['Label', each.Label ?? null],
    ['StatusCode', each.StatusCode ?? ''],
    [
      'Timestamps',
      (each.Timestamps ?? []).map((at): Value => ({ kind: 'time', ns: BigInt(at.getTime()) * 1_000_000n })),
    ],
    ['Values', valuesOf(each)],
    ['Messages', (each.Messages ?? []).map(messageOf)],
  ])

/** What is no number, whatever the types of the SDK say, is not taken for 0. */
const valuesOf = ({ Values = [] }: MetricDataResult): Float64Array =>
  Float64Array.from(Values, (value: unknown) => (typeof value === 'number' ? value : Number.NaN))

const messageOf = ({ Code, Value: text }: MessageData): Value =>
  new Map<string, Value>([
    ['Code', Code ?? null],
    ['Value', text ?? null],
  ])

const messageText = ({ Code = '', Value: text = '' }: MessageData): string => `${Code}: ${text}`
