#!/bin/sh
# A SNAP potential of bcc iron fitted to data that an EAM potential makes: from nothing to a free energy, in a few minutes.
#   sh examples/fit/iron.sh FOLDER
# The embedded Fe-Frenkel-2026 (potentials/Fe_Frenkel_2026.snap and its companions) is what it wrote at commit eebc989; kernels that round
# otherwise make other trajectories, so other data and coefficients, with the same errors.
set -eu
folder=${1:?expected a folder for what is made}
frenkel=${FRENKEL:-npx frenkel}
mkdir -p "$folder"
cd "$folder"

# Crystals under pressure and tension, with and without a vacancy, hot and cold; every 50 fs a configuration.
for a in 2.75 2.80 2.8553 2.90 2.95; do
  $frenkel build bcc -e Fe -a "$a A" --repeat 3 -o "bulk-$a.xyz" --force
  $frenkel build bcc -e Fe -a "$a A" --repeat 3 --vacancy 0 -o "vacancy-$a.xyz" --force
done
for kind in bulk vacancy; do
  for a in 2.75 2.80 2.8553 2.90 2.95; do
    for T in 300 1000; do
      $frenkel md "$kind-$a.xyz" -p Fe-Ackland-2004 --ensemble langevin -T "$T K" --friction 10 --timestep '2 fs' --steps 600 \
        --dump 25 --out "md/$kind-$a-$T" --force
    done
  done
  # cells that change their shape
  for T in 300 1000; do
    $frenkel md "$kind-2.8553.xyz" -p Fe-Ackland-2004 --ensemble npt --coupling aniso -T "$T K" --timestep '2 fs' --steps 1500 \
      --dump 25 --out "md/$kind-npt-$T" --force
  done
done
mkdir -p data/bulk data/vacancy
for run in md/*; do
  name=$(basename "$run")
  $frenkel energy "$run/trajectory.xyz" -p Fe-Ackland-2004 --out "data/${name%%-*}/$name.xyz" --force > /dev/null
done

cat > fit.yaml <<END
name: Fe_Frenkel_2026
data: data
descriptor: { kind: snap, twojmax: 6, rcut: 5.3 A }
reference: zbl inner=1.4A outer=2.2A   # its forces reach no pair of the data, and keep atoms apart
weights: { energy: 100, force: 1, stress: 30 }
ridge: gcv
test: 0.2
END
$frenkel fit fit.yaml --out fit --force

# Is it a potential? Does it hold a crystal? What does a vacancy cost, at 0 K and at 300 K?
$frenkel verify -p fit/Fe_Frenkel_2026.snap
$frenkel defect formation V1 -e Fe -p fit/Fe_Frenkel_2026.snap --size 4
$frenkel build bcc -e Fe -a '2.8547 A' --repeat 3 -o crystal.xyz --force
$frenkel free-energy crystal.xyz -p fit/Fe_Frenkel_2026.snap -T 300 --steps 20000 --out free-energy --force
