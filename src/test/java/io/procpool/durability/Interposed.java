package io.procpool.durability;

import io.procpool.Procpool;
import io.procpool.job.JobStore;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/** A service with somebody between it and its store. As a program of its own, its system property {@code interposer} says who. */
final class Interposed {
    static final String PROPERTY = "interposer";
    private static final String HOME = "--procpool.home=";

    private Interposed() {}

    public static void main(String[] args) {
        var home =
                Arrays.stream(args)
                        .filter(setting -> setting.startsWith(HOME))
                        .map(setting -> Path.of(setting.substring(HOME.length())))
                        .findFirst()
                        .orElseThrow();
        start(Interposers.named(System.getProperty(PROPERTY), home), args);
    }

    static ConfigurableApplicationContext start(Interposer interposer, String... settings) {
        return new SpringApplicationBuilder(Procpool.class)
                .registerShutdownHook(false)
                .initializers(
                        context ->
                                context.getBeanFactory()
                                        .addBeanPostProcessor(new Interposition(interposer)))
                .run(settings);
    }

    private record Interposition(Interposer interposer) implements BeanPostProcessor {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (!(bean instanceof JobStore store)) {
                return bean;
            }
            if (interposer instanceof Unsynced) {
                Unsynced.turnOff(store);
            }
            return around(store);
        }

        private Object around(JobStore store) {
            return Proxy.newProxyInstance(
                    JobStore.class.getClassLoader(),
                    ClassUtils.getAllInterfaces(store),
                    (_, method, given) -> {
                        var arguments = given == null ? new Object[0] : given;
                        var call = new Interposer.Call(store, method, arguments);
                        return method.getDeclaringClass() == JobStore.class
                                ? interposer.called(call)
                                : call.proceed();
                    });
        }
    }
}
