package io.procpool.pool;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.util.List;

/** How one call ended. Exactly one outcome per call, whatever happens to the process. */
public sealed interface Outcome {

    /**
     * @param value JSON text: the value, or the array of a chunk's values
     * @param errors with {@code errors: collect}, the items that failed; their places in {@code value} are null
     */
    record Returned(Payload value, List<ItemFailure> errors) implements Outcome {
        public Returned {
            errors = List.copyOf(errors);
        }
    }

    record Failed(Failure failure) implements Outcome {}

    /** @param index of the item within its call */
    record ItemFailure(int index, Failure failure) {}

    /** The value of the metrics' label. */
    default String label() {
        return switch (this) {
            case Returned _ -> "succeeded";
            case Failed(Failure.TimedOut _) -> "timed_out";
            case Failed(Failure.Quarantined _) -> "quarantined";
            case Failed(Failure.WorkerLost _) -> "worker_lost";
            case Failed(Failure.Cancelled _) -> "cancelled";
            case Failed(Failure.Expired _) -> "expired";
            case Failed(Failure.PoolTerminated _) -> "pool_terminated";
            case Failed(Failure.ProtocolError _) -> "protocol_error";
            case Failed _ -> "failed";
        };
    }
}
