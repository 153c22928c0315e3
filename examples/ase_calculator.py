"""frenkel as an ASE calculator: one `frenkel energy - --stream` process answers frame after frame.

    atoms.calc = Frenkel(['-p', 'Fe-Ackland-2004'])

Energies in eV, forces in eV/Å, stress in eV/Å^3 in ASE's Voigt order (xx yy zz yz xz xy), −W/V.
"""
import io
import json
import subprocess

import numpy as np
from ase.calculators.calculator import Calculator, all_changes
from ase.io import write


class Frenkel(Calculator):
    implemented_properties = ['energy', 'energies', 'forces', 'stress']

    def __init__(self, arguments, command=('npx', 'frenkel')):
        super().__init__()
        line = [*command, 'energy', '-', '--stream', '--json', *arguments]
        self.process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def calculate(self, atoms=None, properties=('energy',), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        bare, frame = atoms.copy(), io.StringIO()
        bare.info, bare.arrays = {}, {k: bare.arrays[k] for k in ('numbers', 'positions')}
        write(frame, bare, format='extxyz')
        self.process.stdin.write(frame.getvalue())
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.results = {k: np.array(answer[k]) for k in ('energies', 'forces')}
        self.results['energy'] = answer['energy']
        if atoms.cell.rank == 3:
            w = np.array(answer['virial'])
            self.results['stress'] = -w[[0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]] / atoms.get_volume()
