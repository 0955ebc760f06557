import type { AwsAnswers, AwsQuestions } from '#engine/traffic/alb/aws-answers.ts'
import type { AwsSurroundings } from './call.ts'
import { askElasticLoadBalancing } from './elastic-load-balancing.ts'

/** Who asks AWS about load balancers, if anybody is to (ALB-17, SVC-24). */
export function openAws(
  settings: { readonly awsVerifyTargetGroups: boolean; readonly albTagKey: string },
  surroundings: AwsSurroundings,
): { readonly tagKey: string; readonly ask: (questions: AwsQuestions) => Promise<AwsAnswers> } | undefined {
  if (!settings.awsVerifyTargetGroups) return undefined
  return { tagKey: settings.albTagKey, ask: (questions) => askElasticLoadBalancing(questions, surroundings) }
}
