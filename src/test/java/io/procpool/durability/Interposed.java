package io.procpool.durability;

import io.procpool.Procpool;
import io.procpool.job.JobStore;
import java.lang.reflect.Proxy;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/** A service with somebody between it and its store. As a program of its own, its system property {@code interposer} says who. */
final class Interposed {
    static final String PROPERTY = "interposer";

    private Interposed() {}

    public static void main(String[] args) {
        new SpringApplicationBuilder(Procpool.class)
                .initializers(by(Interposers.named(System.getProperty(PROPERTY))))
                .run(args);
    }

    static ApplicationContextInitializer<ConfigurableApplicationContext> by(Interposer interposer) {
        return context ->
                context.getBeanFactory().addBeanPostProcessor(new Interposition(interposer));
    }

    private record Interposition(Interposer interposer) implements BeanPostProcessor {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof JobStore store ? around(store) : bean;
        }

        private Object around(JobStore store) {
            return Proxy.newProxyInstance(
                    JobStore.class.getClassLoader(),
                    ClassUtils.getAllInterfaces(store),
                    (_, method, arguments) -> {
                        var call = new Interposer.Call(
                                        store, method, arguments == null ? new Object[0] : arguments);
                        return method.getDeclaringClass() == JobStore.class
                                ? interposer.called(call)
                                : call.proceed();
                    });
        }
    }
}
