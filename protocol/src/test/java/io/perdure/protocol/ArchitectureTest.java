package io.perdure.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;
import java.util.random.RandomGenerator;

/** What this module's packages may know of. */
@AnalyzeClasses(packages = "io.perdure.protocol", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_ONLY_JAVA_AND_NETTY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.netty..", "org.jspecify..", "io.perdure.protocol..");

    @ArchTest
    static final ArchRule ONLY_THE_CODEC_KNOWS_NETTY = noClasses()
            .that()
            .resideOutsideOfPackage("io.perdure.protocol.codec..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule RULES_HAVE_NO_CLOCK = noClasses()
            .that()
            .resideInAnyPackage("io.perdure.protocol.session..", "io.perdure.protocol.topic..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.time..");

    @ArchTest
    static final ArchRule RULES_HAVE_NO_CHANCE_AND_NO_THREADS = noClasses()
            .that()
            .resideInAPackage("io.perdure.protocol.session..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Random.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(RandomGenerator.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.util.concurrent..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class);

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.perdure.protocol.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule STATICS_ARE_FINAL =
            fields().that().areStatic().should().beFinal().allowEmptyShould(true);

    @ArchTest
    static final ArchRule NOTHING_IS_PRINTED = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
}
