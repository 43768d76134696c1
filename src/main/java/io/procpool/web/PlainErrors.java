package io.procpool.web;

import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.Internal;
import java.io.IOException;
import java.util.UUID;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Tomcat refuses before it knows of any application (a malformed path, header or length) is a problem too, not its HTML page.
 * Tomcat makes it by name: public, with a constructor without parameters.
 */
public final class PlainErrors extends ErrorReportValve {
    private static final Logger LOG = LoggerFactory.getLogger(PlainErrors.class);

    @Override
    protected void report(Request request, Response response, Throwable throwable) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            ProblemHandler.send(response.getResponse(), problem(status));
            response.finishResponse();
        } catch (IOException | IllegalStateException gone) {
            LOG.debug("A refused request could not be answered", gone);
        }
    }

    private static Problem problem(int status) {
        // 501 and 505 tell of what was asked for, not of what went wrong here.
        return status < 500 || status == 501 || status == 505
                ? new BadRequest(
                        "The request is no HTTP request that could be read (status " + status + ")")
                : new Internal(UUID.randomUUID().toString());
    }
}
