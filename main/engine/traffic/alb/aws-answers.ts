import type { Outcome } from '#lib/outcome.ts'

/** What AWS is to be asked: load balancers by the host names of Ingresses, and what is registered in target groups, by their ARNs. */
export interface AwsQuestions {
  readonly hostNames: readonly string[]
  readonly targetGroups: readonly string[]
}

/**
 * What AWS answered, as a value. What is not in it has not been asked; errors are its texts. Answers are of after the last write, else
 * a weight counts as verified that has been changed since.
 */
export interface AwsAnswers {
  /** By host name; `undefined` where AWS knows none of that name. */
  readonly loadBalancers: ReadonlyMap<string, Outcome<LoadBalancer | undefined, string>>
  /** What is registered in target groups, by their ARN. Whether it is healthy says nothing here (SVC-21). */
  readonly targets: ReadonlyMap<string, Outcome<readonly Target[], string>>
}

export interface LoadBalancer {
  readonly arn: string
  readonly name: string
  readonly targetGroups: Outcome<readonly TargetGroup[], string>
}

export interface TargetGroup {
  readonly arn: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  /** Of the last forward action that names it; absent when none does (ALB-20). */
  readonly weight?: number
}

export interface Target {
  /** The address of a pod, for groups of addresses. */
  readonly id: string
  readonly port: number
}

/** Whether weights and targets are looked up (`--aws-verify-target-group`), and what is known of them. */
export interface AwsVerification {
  readonly enabled: boolean
  /** The tag by which the load balancer controller says what a target group is for; `ingress.k8s.aws/resource` (FEA-3). */
  readonly tagKey: string
  readonly answers: AwsAnswers
}

export const noAws: AwsVerification = {
  enabled: false,
  tagKey: '',
  answers: { loadBalancers: new Map(), targets: new Map() },
}
