package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.Receipt;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal.Streamed;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;

/** Answers about jobs: values as they are, problems as problems, the rest as a 202. */
final class Answers {
    private static final String RETRY_AFTER_SECONDS = "1";

    private Answers() {}

    /** 200 the value, 422 how it failed, 202 if it is not ready. */
    static void value(HttpServletResponse response, JobRecord record) throws IOException {
        if (record.streamed()) {
            throw new Refused(new Streamed(record.id().toString()));
        }
        response.setHeader("Procpool-Result", record.id().toString());
        switch (record.state()) {
            case JobState.Succeeded succeeded -> succeeded(response, record, succeeded);
            case JobState.Pending _, JobState.Running _ -> accepted(response, record);
            case JobState.Final _ -> failed(response, record);
        }
    }

    private static void succeeded(
            HttpServletResponse response, JobRecord record, JobState.Succeeded succeeded)
            throws IOException {
        var value = succeeded.value();
        var arrivals = record.arrivals();
        if (arrivals == null) {
            succeeded(response, record, succeeded, value.size(), value::writeTo);
            return;
        }
        try (var loaded = value.load(InOrder.memory(arrivals))) {
            var ordered = new InOrder(loaded.payload(), arrivals);
            succeeded(response, record, succeeded, ordered.size(), ordered::writeTo);
        }
    }

    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    private static void succeeded(
            HttpServletResponse response,
            JobRecord record,
            JobState.Succeeded succeeded,
            long size,
            Writing value)
            throws IOException {
        response.setContentType(Json.TYPE);
        if (!record.collect()) {
            response.setContentLengthLong(size);
            value.to(response.getOutputStream());
            return;
        }
        var head = "{\"values\":".getBytes(UTF_8);
        var middle = ",\"errors\":".getBytes(UTF_8);
        var errors = Json.bytes(ResultJson.errors(succeeded));
        response.setContentLengthLong(head.length + size + middle.length + errors.length + 1);
        var out = response.getOutputStream();
        out.write(head);
        value.to(out);
        out.write(middle);
        out.write(errors);
        out.write('}');
    }

    private static void failed(HttpServletResponse response, JobRecord record) throws IOException {
        var problem = ResultJson.problem(record).orElseGet(Failure.Cancelled::new);
        var rendered = Problems.outcome(problem);
        var body = rendered.body();
        body.put("instance", ResultJson.path(record));
        Json.send(response, rendered.status(), ProblemHandler.TYPE, Json.bytes(body));
    }

    /** 202 with the resource and where to find it. */
    static void accepted(HttpServletResponse response, JobRecord record) throws IOException {
        response.setHeader("Procpool-Result", record.id().toString());
        response.setHeader("Location", ResultJson.path(record));
        response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
        resource(response, 202, record);
    }

    /** The same for a submission that is accepted for good, now or when it came first. */
    static void accepted(HttpServletResponse response, Receipt receipt) throws IOException {
        replayed(response, receipt);
        accepted(response, receipt.record());
    }

    /** Says so if a request has come before. */
    static void replayed(HttpServletResponse response, Receipt receipt) {
        if (receipt.replayed()) {
            response.setHeader(IdempotencyKey.REPLAYED, "true");
        }
    }

    static void resource(HttpServletResponse response, int status, JobRecord record)
            throws IOException {
        response.setHeader("ETag", ETags.of(record.version()));
        Json.send(response, status, ResultJson.write(record));
    }
}
