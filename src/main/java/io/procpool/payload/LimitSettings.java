package io.procpool.payload;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * @param body the longest request body and result
 * @param nesting the most arrays and objects within each other
 * @param outputTail how much of what a task prints is kept, its end
 * @param inFlight the share of the heap that bodies of unfinished jobs may take; beyond it new ones are refused with 503
 */
@Validated
@ConfigurationProperties("procpool.limits")
public record LimitSettings(
        @DefaultValue("64MB") DataSize body,
        @DefaultValue("500") @Min(1) @Max(500) int nesting,
        @DefaultValue("64KB") DataSize outputTail,
        @DefaultValue("0.25") @DecimalMin("0.01") @DecimalMax("0.9") double inFlight) {
    private static final DataSize MOST = DataSize.ofGigabytes(1);

    public LimitSettings {
        check("body", body);
        check("output-tail", outputTail);
    }

    private static void check(String name, DataSize size) {
        if (size.toBytes() < 1 || size.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "procpool.limits."
                            + name
                            + " must be from 1 byte to 1 GB, was "
                            + size.toBytes()
                            + " bytes");
        }
    }

    public Limits json() {
        return new Limits(Math.toIntExact(body.toBytes()), nesting);
    }

    public int outputTailBytes() {
        return Math.toIntExact(outputTail.toBytes());
    }
}
