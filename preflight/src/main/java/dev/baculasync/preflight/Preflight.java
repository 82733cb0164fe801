package dev.baculasync.preflight;

import dev.baculasync.preflight.openstack.Keystone;
import dev.baculasync.preflight.openstack.OpenStackVariable;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All sections, in the order of the manual. */
public final class Preflight {
    private final List<Section> sections;

    Preflight(List<Section> sections) {
        this.sections = List.copyOf(sections);
    }

    /** The preflight of an installation; nothing is contacted yet. */
    public static Preflight of(Installation installation) {
        KnownDirector director = new KnownDirector(installation);
        return new Preflight(List.of(
                new BinarySection(installation),
                new ClientsConfSection(installation),
                new BaseDirSection(installation),
                new BconsoleSection(installation, director),
                new CatalogSection(installation, director),
                new OpenStackSection(installation.settings(), Keystone::over),
                new QuerySection(installation, director),
                new RuntimeSection(installation),
                new ResourcesSection(installation, director),
                new DirectorConfigSection(installation, director),
                new DedupSection(installation, director)));
    }

    /** The settings that only preflight reads, those of the login to OpenStack. */
    public static List<Setting<?>> settings() {
        return Stream.of(OpenStackVariable.values())
                .<Setting<?>>map(OpenStackVariable::setting)
                .toList();
    }

    /**
     * Checks everything. A section that fails, in whatever way, never keeps another from being looked at.
     *
     * @throws ProviderException only when the calling thread was interrupted
     */
    public List<Finding> run() {
        List<Finding> all = new ArrayList<>();
        for (Section section : sections) {
            Findings findings = new Findings(section.name());
            try {
                section.check(findings);
            } catch (RuntimeException e) {
                if (e instanceof ProviderException failure && failure.code() == Code.INTERRUPTED) {
                    throw failure;
                }
                findings.fail(
                        "the rest of this section",
                        "not checked: " + (e instanceof ProviderException ? e.getMessage() : e.toString()),
                        "mend that, then run preflight again");
            }
            all.addAll(findings.list());
        }
        return List.copyOf(all);
    }
}
