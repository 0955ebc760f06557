import type { AwsAnswers, AwsVerification, LoadBalancer, Target, TargetGroup } from '#engine/traffic/alb/aws-answers.ts'
import { type Outcome, success } from '#lib/outcome.ts'

const account = 'arn:aws:elasticloadbalancing:eu-central-1:1'

/** A target group as the load balancer controller makes it; `resource` is what it is for: `shop/front-web-canary:80`. */
export const aTargetGroup = (name: string, resource: string, weight?: number): TargetGroup => ({
  name,
  arn: `${account}:targetgroup/${name}/73e2d6bc24d8a067`,
  tags: { 'ingress.k8s.aws/resource': resource, 'elbv2.k8s.aws/cluster': 'prod' },
  ...(weight !== undefined && { weight }),
})

export const aLoadBalancer = (name: string, ...groups: readonly TargetGroup[]): LoadBalancer => ({
  name,
  arn: `${account}:loadbalancer/app/${name}/50dc6c495c0c9188`,
  targetGroups: success(groups),
})

interface Answered {
  readonly loadBalancers?: Readonly<
    Record<string, LoadBalancer | undefined | Outcome<LoadBalancer | undefined, string>>
  >
  readonly targets?: Readonly<Record<string, readonly Target[] | Outcome<readonly Target[], string>>>
}

/** Switched on, with these answers of AWS. */
export const anAwsVerification = (
  answered: Answered = {},
  more: Partial<Omit<AwsVerification, 'answers'>> = {},
): AwsVerification => ({ enabled: true, tagKey: 'ingress.k8s.aws/resource', answers: answersOf(answered), ...more })

const answersOf = ({ loadBalancers = {}, targets = {} }: Answered): AwsAnswers => ({
  loadBalancers: new Map(
    Object.entries(loadBalancers).map(([name, each]) => [
      name,
      each !== undefined && 'ok' in each ? each : success(each),
    ]),
  ),
  targets: new Map(Object.entries(targets).map(([arn, each]) => [arn, 'ok' in each ? each : success(each)])),
})
