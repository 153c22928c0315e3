"""phonopy on a list of crystals: `displaced` prints its displaced supercells, `frequencies` its answers to their forces."""
import json
import sys

import numpy as np
import phonopy
from phonopy import Phonopy
from phonopy.structure.atoms import PhonopyAtoms


def crystal(c):
    unit = PhonopyAtoms(symbols=c["symbols"], positions=c["positions"], cell=c["cell"], masses=c["masses"])
    p = Phonopy(unit, np.diag(c["supercell"]), primitive_matrix=c["primitive"])
    p.generate_displacements(distance=c["step"], is_plusminus=True, is_diagonal=False)
    return p


def answer(p, c):
    p.run_qpoints(np.array(c["q"]) @ p.primitive.cell.T)
    p.run_mesh(c["mesh"])  # its own default for even numbers: Γ between the points
    p.run_thermal_properties(temperatures=c["temperatures"], cutoff_frequency=1e-3)
    t = p.get_thermal_properties_dict()
    names = ("temperatures", "free_energy", "entropy", "heat_capacity")
    return {"frequencies": p.get_qpoints_dict()["frequencies"].tolist(), "thermal": [t[k].tolist() for k in names]}


task = sys.argv[1]
crystals = json.load(sys.stdin)
result = []
for c in crystals:
    if task == "displaced":
        cells = crystal(c).supercells_with_displacements
        result.append([{"positions": s.positions.ravel().tolist(), "cell": s.cell.ravel().tolist()} for s in cells])
    elif task == "frequencies":
        p = crystal(c)
        p.forces = np.array(c["forces"]).reshape(len(c["forces"]), -1, 3)
        p.produce_force_constants()
        p.symmetrize_force_constants()
        result.append(answer(p, c))
    else:
        p = phonopy.load(c["folder"] + "/phonopy_params.yaml", force_constants_filename=c["folder"] + "/FORCE_CONSTANTS")
        result.append(answer(p, c))
json.dump(result, sys.stdout)
