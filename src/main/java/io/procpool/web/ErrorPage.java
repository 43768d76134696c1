package io.procpool.web;

import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.Internal;
import io.procpool.problem.Refusal.PathUnknown;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the servlet container found wrong before any controller was asked: also a problem, never its HTML page. */
@RestController
final class ErrorPage implements ErrorController {
    @RequestMapping("/error")
    void render(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int code = status instanceof Integer number ? number : 404;
        var path = String.valueOf(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI));
        ProblemHandler.send(response, problem(code, path));
    }

    private static Problem problem(int code, String path) {
        if (code == 404) {
            return new PathUnknown(path);
        }
        return code < 500
                ? new BadRequest("The request was refused with status " + code)
                : new Internal(UUID.randomUUID().toString());
    }
}
