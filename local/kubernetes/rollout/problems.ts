/** Why a pod does not run, as `kubectl describe` would show it. */
export interface PodProblem {
  /** Kubernetes' own word: FailedCreate, Unschedulable, ErrImagePull, ... */
  readonly reason: string;
  readonly message: string;
}
