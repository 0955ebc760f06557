import type { GetMetricDataCommandInput, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch'
import type { Outcome } from '#lib/outcome.ts'
import { type AwsSurroundings, awsClientConfig, inTime } from '#main/aws/call.ts'

/** Failure: the text of AWS. */
export async function getMetricData(
  input: GetMetricDataCommandInput,
  surroundings: AwsSurroundings,
): Promise<Outcome<GetMetricDataCommandOutput, string>> {
  // Large, and most people have no use for it.
  const { CloudWatchClient, GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch')
  const client = new CloudWatchClient(awsClientConfig('CLOUDWATCH', surroundings))
  try {
    return await inTime(surroundings.clock, (call) =>
      call('CloudWatch: GetMetricData', (options) => client.send(new GetMetricDataCommand(input), options)),
    )
  } finally {
    client.destroy()
  }
}
