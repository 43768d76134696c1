package io.procpool.durability;

import io.procpool.Procpool;
import io.procpool.job.JobStore;
import io.procpool.pool.PoolStore;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/** A service with somebody between it and its stores. As a program of its own, its system property {@code interposer} says who, and {@code interposer.log} where a fault writes what it sees. */
final class Interposed {
    static final String PROPERTY = "interposer";
    static final String LOG = "interposer.log";
    private static final Set<Class<?>> PORTS = Set.of(JobStore.class, PoolStore.class);
    private static final String HOME = "--procpool.home=";

    private Interposed() {}

    public static void main(String[] args) {
        var home =
                Arrays.stream(args)
                        .filter(setting -> setting.startsWith(HOME))
                        .map(setting -> Path.of(setting.substring(HOME.length())))
                        .findFirst()
                        .orElseThrow();
        var log = new FaultLog(Path.of(System.getProperty(LOG, "")));
        start(Interposers.named(System.getProperty(PROPERTY), home, log), args);
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
            if (bean instanceof JobStore && interposer instanceof Unsynced) {
                Unsynced.turnOff(bean);
            }
            return bean instanceof JobStore || bean instanceof PoolStore ? around(bean) : bean;
        }

        private Object around(Object store) {
            return Proxy.newProxyInstance(
                    JobStore.class.getClassLoader(),
                    ClassUtils.getAllInterfaces(store),
                    (_, method, given) -> {
                        var arguments = given == null ? new Object[0] : given;
                        var call = new Interposer.Call(store, method, arguments);
                        return PORTS.contains(method.getDeclaringClass())
                                ? interposer.called(call)
                                : call.proceed();
                    });
        }
    }
}
